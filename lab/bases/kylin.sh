# shellcheck shell=sh
systemctl disable --quiet nftables

# Who it says it is.
cat > /usr/lib/os-release << 'RELEASE'
NAME="Kylin Linux Advanced Server"
VERSION="V10 (Lance)"
ID="kylin"
VERSION_ID="V10"
PRETTY_NAME="Kylin Linux Advanced Server V10 (Lance)"
RELEASE
ln -sf ../usr/lib/os-release /etc/os-release
echo 'Kylin Linux Advanced Server release V10 (Lance)' > /etc/kylin-release
cp /etc/kylin-release /etc/system-release
rm -f /etc/debian_version

# Debian keeps root's rpm database in his home, and dnf finds no release: both as on a RedHat family host.
mkdir -p /etc/rpm /etc/dnf/vars /var/lib/rpm /srv/repo /etc/yum.repos.d
echo '%_dbpath /var/lib/rpm' > /etc/rpm/macros
echo 10 > /etc/dnf/vars/releasever

# Two packages, two versions each; only labtool 1.1 is a security update.
work=$(mktemp -d)
for name in labtool libdemo; do
    for version in 1.0 1.1; do
        cat > "$work/$name.spec" << SPEC
Name: $name
Version: $version
Release: 1.ky10
Summary: lab package
License: MIT
BuildArch: noarch
%description
A package of the lab.
%install
mkdir -p %{buildroot}/opt/$name
echo $version > %{buildroot}/opt/$name/version
%files
/opt/$name/version
SPEC
        rpmbuild -bb --quiet --define "_topdir $work" --define '_rpmdir /srv/repo' \
            --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' "$work/$name.spec"
    done
done
cat > "$work/updateinfo.xml" << 'ADVISORY'
<?xml version="1.0" encoding="UTF-8"?>
<updates>
  <update from="lab" status="final" type="security" version="1">
    <id>KYSA-2026-0001</id>
    <title>labtool security update</title>
    <issued date="2026-01-10 00:00:00"/>
    <updated date="2026-01-10 00:00:00"/>
    <severity>Important</severity>
    <description>A sample advisory of the lab.</description>
    <references><reference href="" id="CVE-2026-0001" type="cve" title="CVE-2026-0001"/></references>
    <pkglist>
      <collection short="lab">
        <name>lab</name>
        <package name="labtool" version="1.1" release="1.ky10" epoch="0" arch="noarch" src="">
          <filename>labtool-1.1-1.ky10.noarch.rpm</filename>
        </package>
      </collection>
    </pkglist>
  </update>
</updates>
ADVISORY
createrepo_c --quiet /srv/repo
modifyrepo_c --mdtype=updateinfo "$work/updateinfo.xml" /srv/repo/repodata > /dev/null
printf '[lab]\nname=lab\nbaseurl=file:///srv/repo\nenabled=1\ngpgcheck=0\nmetadata_expire=1\n' > /etc/yum.repos.d/lab.repo
dnf --quiet --assumeyes install labtool-1.0 libdemo-1.0
rm -rf "$work"
