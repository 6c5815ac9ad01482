"""An Nginx in the shape of its answers: sound by default, each test spoils what it is about."""

from anwei.baseline.result import ObjectAssessment, Result
from baselines.mlps.reading import commands
from tests.unit.baseline import sound_web
from tests.unit.baseline.sound_web import Said, Text, command

NGINX = commands("nginx")

PROCESSES = """process 812 1 0 0 host /usr/sbin/nginx nginx: master process /usr/sbin/nginx -g daemon on;
version host /usr/sbin/nginx nginx/1.28.0
process 813 812 33 33 host /usr/sbin/nginx nginx: worker process
process 814 812 33 33 host /usr/sbin/nginx nginx: worker process
"""
MAIN = """# configuration file 644 0 0 /etc/nginx/nginx.conf
user www-data;
error_log /var/log/nginx/error.log warn;
events {
}
http {
include /etc/nginx/mime.types;
log_format main '$remote_addr - $remote_user [$time_local] "$request" ' '$status "$http_referer"';
access_log /var/log/nginx/access.log main;
server_tokens off;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_ciphers HIGH:!aNULL:!MD5:!3DES;
include /etc/nginx/conf.d/*.conf;
include sites-enabled/*;
}
"""
SITE = """# configuration file 644 0 0 /etc/nginx/sites-enabled/portal
server {
listen 80 default_server;
listen [::]:80 default_server;
server_name portal.example.gov;
return 301 https://$host$request_uri;
}
server {
listen 443 ssl http2;
server_name portal.example.gov;
root /var/www/portal;
ssl_certificate /etc/ssl/certs/portal.pem;
ssl_certificate_key /etc/ssl/private/portal.key;
- ***;
location / {
- ***;
}
location ~ ^/(api|rest)/ {
- ***;
- ***;
}
}
"""
TYPES = "# configuration file 644 0 0 /etc/nginx/mime.types\n- {\n- ***;\n}\n"
CONFIG = command(NGINX["config"], "/etc/nginx/nginx.conf", "/etc/nginx")
FILES = command(NGINX["modes"], "/etc/ssl/private/portal.key /var/www/portal")
LOGS = command(NGINX["modes"], "/var/log/nginx /var/log/nginx/access.log /var/log/nginx/error.log")
DATES = command(NGINX["certificates"], "/etc/ssl/certs/portal.pem")
ROTATION = "/var/log/nginx/*.log {\n\tdaily\n\trotate 190\n}\n"

SOUND: dict[str, Text] = {
    "ps -e -o comm=": "systemd\nnginx\nnginx\n",
    NGINX["processes"]: PROCESSES,
    CONFIG: MAIN + TYPES + SITE,
    FILES: "600 0 0 /etc/ssl/private/portal.key\n755 0 0 /var/www/portal\n",
    LOGS: "755 0 4 /var/log/nginx\n640 33 4 /var/log/nginx/access.log\n640 33 4 /var/log/nginx/error.log\n",
    DATES: "now 1763706000\n/etc/ssl/certs/portal.pem notAfter=Nov  1 12:00:00 2026 GMT\n",
    NGINX["rotation"]: ROTATION,
}


def site(before: str, after: str) -> dict[str, Text]:
    """The site's file with something else in it."""
    assert before in SITE, before
    return {CONFIG: MAIN + TYPES + SITE.replace(before, after)}


def main(before: str, after: str) -> dict[str, Text]:
    """The main file with something else in it."""
    assert before in MAIN, before
    return {CONFIG: MAIN.replace(before, after) + TYPES + SITE}


def assessed(said: Said | None = None) -> ObjectAssessment:
    """Nginx assessed."""
    return sound_web.assessed("nginx", SOUND, said or {})


def result(check: str, said: Said) -> Result:
    """One check on it."""
    return sound_web.result("nginx", SOUND, check, said)
