"""A Tomcat in the shape of its answers: sound by default, each test spoils what it is about."""

from anwei.baseline.result import ObjectAssessment, Result
from baselines.mlps.reading import commands
from tests.unit.baseline import sound_web
from tests.unit.baseline.sound_web import Said, Text, command

TOMCAT = commands("tomcat")
BASE, HOME = "/var/lib/tomcat10", "/usr/share/tomcat10"

PROCESSES = f"process 950 1 52 52 host /usr/lib/jvm/java-17/bin/java base={BASE} home={HOME}\n"
HEAD = f"""# version 10.1.60.0
# webapp ROOT
# webapp portal
# webapp portal.war
# folder 750 0 52 {BASE}/conf
# folder 750 52 4 {BASE}/logs
# folder 755 52 52 {BASE}/webapps
# log 640 52 4 {BASE}/logs/catalina.out
# log 640 52 4 {BASE}/logs/localhost_access_log.2026-11-20.txt
# setting 1catalina.org.apache.juli.AsyncFileHandler.maxDays 190
"""
SERVER = f"""# configuration file 640 0 52 {BASE}/conf/server.xml
<Server port="-1" shutdown="SHUTDOWN">
<Listener className="org.apache.catalina.startup.VersionLoggerListener"/>
<GlobalNamingResources>
<Resource name="UserDatabase" auth="*9" type="org.apache.catalina.UserDatabase" pathname="*21"/>
</GlobalNamingResources>
<Service name="Catalina">
<Connector port="8443" protocol="org.apache.coyote.http11.Http11NioProtocol" SSLEnabled="true" maxThreads="*3">
<SSLHostConfig protocols="TLSv1.2,TLSv1.3" ciphers="TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256">
<Certificate certificateFile="conf/portal.pem" certificateKeyFile="*14" type="RSA"/>
</SSLHostConfig>
</Connector>
<Connector port="8080" protocol="HTTP/1.1" address="127.0.0.1" redirectPort="*4"/>
<Engine name="Catalina" defaultHost="*9">
<Realm className="org.apache.catalina.realm.LockOutRealm">
<Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="UserDatabase">
<CredentialHandler className="org.apache.catalina.realm.MessageDigestCredentialHandler" algorithm="sha-256"/>
</Realm>
</Realm>
<Host name="localhost" appBase="webapps" unpackWARs="*4" autoDeploy="false">
<Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs" maxDays="200"
pattern="%h %l %u %t &quot;%r&quot; %s %b"/>
<Valve className="org.apache.catalina.valves.ErrorReportValve" showReport="false" showServerInfo="false"/>
</Host>
</Engine>
</Service>
</Server>
"""
WEB = f"""# configuration file 644 0 52 {BASE}/conf/web.xml
<web-app version="*3">
<servlet>
<servlet-name>
default</servlet-name>
<init-param>
<param-name>
listings</param-name>
<param-value>
false</param-value>
</init-param>
</servlet>
<session-config>
<session-timeout>
30</session-timeout>
</session-config>
</web-app>
"""
USERS = f"""# configuration file 640 0 52 {BASE}/conf/tomcat-users.xml
<tomcat-users version="*3">
<role rolename="manager-gui"/>
<user username="yunwei-1" password="*digest" roles="manager-gui"/>
<user username="jiankong-1" password="*digest" roles="manager-jmx,manager-status"/>
</tomcat-users>
"""
CONTEXT = f"""# configuration file 640 0 52 {BASE}/conf/context.xml
<Context>
<WatchedResource>
</WatchedResource>
<Resource name="jdbc/portal" type="javax.sql.DataSource" url="*41" username="portal" password="*encrypted"/>
</Context>
"""
MANAGER = f"""# configuration file 640 0 52 {BASE}/conf/Catalina/localhost/manager.xml
<Context path="/manager" docBase="/usr/share/tomcat10-admin/manager" privileged="*4">
<Valve className="org.apache.catalina.valves.RemoteCIDRValve" allow="127.0.0.0/8, 192.0.2.0/28"/>
</Context>
"""
XML = SERVER + WEB + USERS + CONTEXT
INSTANCE = command(TOMCAT["instance"], BASE, HOME)
DATES = command(TOMCAT["certificates"], f"{BASE}/conf/portal.pem")

SOUND: dict[str, Text] = {
    "ps -e -o comm=": "systemd\njava\n",
    TOMCAT["processes"]: PROCESSES,
    INSTANCE: HEAD + XML,
    DATES: f"now 1763706000\n{BASE}/conf/portal.pem notAfter=Nov  1 12:00:00 2026 GMT\n",
}


def config(before: str, after: str) -> dict[str, Text]:
    """What the instance says with something else in it."""
    whole = HEAD + XML
    assert before in whole, before
    return {INSTANCE: whole.replace(before, after)}


def managed(before: str = "", after: str = "") -> dict[str, Text]:
    """The instance with its manager deployed by a descriptor."""
    whole = HEAD + XML + MANAGER
    assert before in whole, before
    return {INSTANCE: whole.replace(before, after) if before else whole}


def assessed(said: Said | None = None) -> ObjectAssessment:
    """Tomcat assessed."""
    return sound_web.assessed("tomcat", SOUND, said or {})


def result(check: str, said: Said) -> Result:
    """One check on it."""
    return sound_web.result("tomcat", SOUND, check, said)
