"""An Apache as Debian packages it, in the shape of its answers: sound by default, each test spoils what it is about."""

from anwei.baseline.result import ObjectAssessment, Result
from baselines.mlps.reading import commands
from tests.unit.baseline import sound_web
from tests.unit.baseline.sound_web import Said, Text, command

APACHE = commands("apache")

PROCESSES = """process 901 1 0 0 host /usr/sbin/apache2 /usr/sbin/apache2 -k start
version host /usr/sbin/apache2 Apache/2.4.71
module host /usr/sbin/apache2 mod_so.c
module host /usr/sbin/apache2 mod_log_config.c
environment /usr/sbin/apache2 APACHE_LOG_DIR=/var/log/apache2
environment /usr/sbin/apache2 APACHE_RUN_USER=www-data
process 902 901 33 33 host /usr/sbin/apache2 /usr/sbin/apache2 -k start
process 903 901 33 33 host /usr/sbin/apache2 /usr/sbin/apache2 -k start
"""
MAIN = r"""# configuration file 644 0 0 /etc/apache2/apache2.conf
User ${APACHE_RUN_USER}
ErrorLog ${APACHE_LOG_DIR}/error.log
LogLevel warn ssl:info
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
Include ports.conf
<Directory />
Options FollowSymLinks
AllowOverride None
Require all denied
</Directory>
LogFormat "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\"" combined
LogFormat "%{Referer}i -> %U" referer
ServerTokens Prod
ServerSignature Off
TraceEnable Off
IncludeOptional sites-enabled/*.conf
IncludeOptional absent/*.conf
"""
MODULES = """# configuration file 644 0 0 /etc/apache2/mods-enabled/autoindex.load
LoadModule autoindex_module /usr/lib/apache2/modules/mod_autoindex.so
# configuration file 644 0 0 /etc/apache2/mods-enabled/ssl.load
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
# configuration file 644 0 0 /etc/apache2/mods-enabled/ssl.conf
SSLCipherSuite HIGH:!aNULL:!MD5
SSLProtocol -all +TLSv1.2 +TLSv1.3
# configuration file 644 0 0 /etc/apache2/mods-enabled/status.conf
<Location /server-status>
SetHandler server-status
Require local
</Location>
# configuration file 644 0 0 /etc/apache2/ports.conf
Listen 80
<IfModule ssl_module>
Listen 443
</IfModule>
<IfModule mod_gnutls.c>
Listen 8443
</IfModule>
"""
SITE = """# configuration file 644 0 0 /etc/apache2/sites-enabled/portal.conf
<VirtualHost *:80>
ServerName portal.example.gov
Redirect permanent / https://***
CustomLog ${APACHE_LOG_DIR}/access.log combined
</VirtualHost>
<IfModule mod_ssl.c>
<VirtualHost *:443>
ServerName portal.example.gov
DocumentRoot "/var/www/portal"
CustomLog "${APACHE_LOG_DIR}/access.log" combined
SSLEngine on
SSLCertificateFile /etc/ssl/certs/portal.pem
SSLCertificateKeyFile /etc/ssl/private/portal.key
<Directory /var/www/portal>
Options -Indexes
AllowOverride None
Require all granted
</Directory>
</VirtualHost>
</IfModule>
"""
CONFIG = command(APACHE["config"], "/etc/apache2/apache2.conf", "/etc/apache2")
FILES = command(APACHE["modes"], "/etc/ssl/private/portal.key /var/www/portal")
LOGS = command(APACHE["modes"], "/var/log/apache2 /var/log/apache2/access.log /var/log/apache2/error.log")
DATES = command(APACHE["certificates"], "/etc/ssl/certs/portal.pem")

SOUND: dict[str, Text] = {
    "ps -e -o comm=": "systemd\napache2\napache2\n",
    APACHE["processes"]: PROCESSES,
    CONFIG: MAIN + MODULES + SITE,
    FILES: "600 0 0 /etc/ssl/private/portal.key\n755 0 0 /var/www/portal\n",
    LOGS: "755 0 4 /var/log/apache2\n640 0 4 /var/log/apache2/access.log\n640 0 4 /var/log/apache2/error.log\n",
    DATES: "now 1763706000\n/etc/ssl/certs/portal.pem notAfter=Nov  1 12:00:00 2026 GMT\n",
    APACHE["rotation"]: "/var/log/apache2/*.log {\n\tdaily\n\trotate 190\n}\n",
}


def config(before: str, after: str) -> dict[str, Text]:
    """The configuration with something else in it."""
    whole = MAIN + MODULES + SITE
    assert before in whole, before
    return {CONFIG: whole.replace(before, after)}


def assessed(said: Said | None = None) -> ObjectAssessment:
    """Apache assessed."""
    return sound_web.assessed("apache", SOUND, said or {})


def result(check: str, said: Said) -> Result:
    """One check on it."""
    return sound_web.result("apache", SOUND, check, said)
