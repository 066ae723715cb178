#!/usr/bin/env bash
# Installs a Debian package on a copy of this computer that is thrown away, without a network, runs it there as an
# account of no group, and removes it: package_root.sh PACKAGE FOLDER, within `unshare -m -n`, as root.
set -euo pipefail
mount -t tmpfs none "$2"
mkdir "$2"/{written,work,root}
root="$2/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$2/written,workdir=$2/work" "$root"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs none "$root/tmp"
mount -t tmpfs none "$root/run"
cp "$1" "$root/tmp/provision.deb"
python3 -c 'import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 0x41))' # lo: up
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 bash -euc '
    dpkg -i /tmp/provision.deb >&2
    provision --version
    id -nG provision
    man -w provision
    bash -n /usr/share/bash-completion/completions/provision
    mkdir /tmp/bench && cd /tmp/bench && chown 4711 .
    HOME=/tmp/bench setpriv --reuid 4711 --regid 4711 --clear-groups provision station --virtual 2
    provision install-service --print --home /srv/ward | grep ^ExecStart
    dpkg --verify provision
    dpkg -r provision >&2
    ls -d /usr/lib/provision /usr/bin/provision || true
'
