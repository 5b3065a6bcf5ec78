"""What `tools.bare` puts in the place of systemd, certbot and the mail provider in a bare Debian root."""

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

SYSTEMCTL = r"""#!/bin/bash
# start what the unit says, as it says, and wait until it is ready
unit=/etc/systemd/system/in-contact.service
value() { sed -n "s/^$1=//p" $unit | tail -1; }
case "$*" in
"reload nginx") if [ -s /run/nginx.pid ]; then nginx -s reload; else nginx; fi ;;
"enable --now in-contact")
    user=$(value User) state=/var/lib/$(value StateDirectory)
    install -d -m "$(value StateDirectoryMode)" -o "$user" -g "$user" "$state"
    export user state folder="$(value WorkingDirectory)" command="$(value ExecStart)" strict="$(value ProtectSystem)"
    umask "$(value UMask)"
    [ "$strict" = strict ] || exit 1
    setsid unshare --mount bash -c '
        mount --bind "$state" "$state" && mount -t tmpfs tmpfs /tmp && chmod 1777 /tmp && mount -o remount,bind,ro /
        cd "$folder" && exec env -i PATH=$PATH LANG=C.UTF-8 HOME="$state" setpriv --reuid "$user" --regid "$user" \
            --clear-groups --no-new-privs --bounding-set=-all $command
    ' >/var/log/in-contact.log 2>&1 </dev/null &
    for _ in $(seq 360); do
        grep -q "^Open " /var/log/in-contact.log && exit 0
        sleep 0.5
    done
    cat /var/log/in-contact.log
    exit 1 ;;
esac
"""

CERTBOT = r"""#!/bin/bash
# a certificate of our own where certbot would put the one it gets
name=$(printf '%s\n' "$*" | sed 's/.* -d \([^ ]*\).*/\1/')
folder=/etc/letsencrypt/live/$name
mkdir -p "$folder"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj "/CN=$name" \
    -addext "subjectAltName=DNS:$name" -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>/dev/null
cp "$folder/fullchain.pem" "$folder/chain.pem"
cat "$folder/fullchain.pem" >>/srv/authorities.pem
"""

POSTFIX = """compatibility_level = 3.6
mydestination = example.org, localhost
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
maillog_file = /var/log/mail.log
"""

FILES = {
    "usr/sbin/policy-rc.d": (0o755, "#!/bin/sh\nexit 101\n"),  # packages start no services here
    "usr/local/bin/systemctl": (0o755, SYSTEMCTL),
    "usr/local/bin/certbot": (0o755, CERTBOT),
    "etc/gitconfig": (0o644, '[url "/srv/"]\n\tinsteadOf = https://git.example.org/\n[safe]\n\tdirectory = *\n'),
    "etc/hosts": (0o644, "127.0.0.1 localhost portal.test\n"),
    "srv/main.cf": (0o644, POSTFIX),
}

BEFORE = r"""
export DEBIAN_FRONTEND=noninteractive PIP_CERT=/srv/authorities.pem SSL_CERT_FILE=/srv/authorities.pem
(apt-get update && apt-get install -y ca-certificates openssl postfix) >/srv/before.log 2>&1 || cat /srv/before.log
userdel -r in-contact 2>/dev/null; rm -rf /var/lib/in-contact; rm -f /run/nginx.pid /var/mail/you
cp /srv/main.cf /etc/postfix/main.cf
grep -q ^postlog /etc/postfix/master.cf || echo 'postlog unix-dgram n - n - 1 postlogd' >>/etc/postfix/master.cf
id you >/dev/null 2>&1 || useradd --create-home you
rm -f /var/spool/postfix/pid/*.pid
postfix start
cd /root
"""

AFTER = r"""
code=$(portal first-run --json | sed 's/.*"code": "\([^"]*\)".*/\1/')
cat >/srv/owner.py <<'END'
# a visitor from elsewhere, as far as this machine has one: the proxy itself is 127.0.0.1
import functools, http.client, re, ssl, sys, urllib.parse, urllib.request
from http.cookiejar import CookieJar

class Handler(urllib.request.HTTPSHandler):
    def https_open(self, req):
        from_elsewhere = functools.partial(http.client.HTTPSConnection, source_address=("127.0.0.2", 0))
        return self.do_open(from_elsewhere, req, context=ssl.create_default_context())

opener = urllib.request.build_opener(Handler(), urllib.request.HTTPCookieProcessor(CookieJar()))
page = opener.open("https://portal.test/first-run").read().decode()
token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
values = {"csrf_token": token, "code": sys.argv[1], "name": "Hope House", "owner_name": "Olivia",
          "owner_email": "you@example.org", "password": "seven green buses pass by"}
answer = opener.open("https://portal.test/first-run", urllib.parse.urlencode(values).encode())
heading = re.search("<h1[^>]*>(.*?)</h1>", answer.read().decode(), re.S)[1].strip()
print("first owner:", answer.status, answer.url, heading)
END
python3 /srv/owner.py "$code"
sleep 45
echo; echo "[mailbox of you@example.org]"; grep -E "^(From|To|Subject|Received): " /var/mail/you
echo; echo "[memory of the tree, PSS in kB, after 45 idle seconds]"
for pid in $(pgrep -u in-contact); do
    echo "$(sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' /proc/$pid/smaps_rollup) $(cat /proc/$pid/comm)"
done | sort -rn | awk '{ sum += $1; print } END { print sum, "in all" }'
echo; echo "[what the service could write]"
runuser -u in-contact -- ls -ld /var/lib/in-contact /opt/in-contact/.env
grep -c . /var/log/in-contact.log; tail -5 /var/log/in-contact.log | cut -c1-300
echo; echo "[the unit]"
systemd-analyze verify /etc/systemd/system/in-contact.service && echo "verified"
systemd-analyze security --offline=true /etc/systemd/system/in-contact.service | tail -1
echo; echo "[most memory of all that ran in the limit, in bytes]"
cat /sys/fs/cgroup/memory/in-contact-bare/memory.{max_usage_in_bytes,failcnt} 2>/dev/null
cat /sys/fs/cgroup/in-contact-bare/memory.{peak,events} 2>/dev/null
echo; portal doctor
"""
