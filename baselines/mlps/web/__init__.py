"""What web and application servers have in common: processes, modes of files, certificates, rotation of logs."""
