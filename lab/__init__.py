"""The embedded estate: real Linux hosts with systemd and sshd on one machine, made and taken away by `anwei lab`.

- spec: which hosts there are (read from inventories/lab)
- place: where a lab lives and what its things are called
- base: one root file system per operating system, built once into a cache
- network: a bridge, a network namespace and an address per host
- cgroups: every process of a lab is born inside one control group, so one kill finds it
- command: running the programs of this machine
- machine: one host: overlay, identity, boot
- connections: the ways in that sites have: requiretty, su, no sftp, a jump host, a slow shell
- access: the key, ssh_config and known_hosts that people and Ansible use
- limits: the one setting of this machine that many hosts need changed
- lifecycle: up, down, status
"""
