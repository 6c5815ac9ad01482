"""What Huawei VRP and H3C Comware have in common: the text of a configuration, and the checks that read it alike."""
