# Boots systemd as the first process of a private machine: its own processes, mounts, network and control groups, and a root folder in memory. It runs
# the unit of the test beside Debian's unit of fail2ban, and ends with it. Nothing outside is touched.
#
# $1: an empty folder that the private root is made in; $2: the test program; $3: the folder that is shared with the outside, in
# which `root` has files for the private root, whose units are enabled; $4: where the
# control groups are mounted within the private root.
set -eu
root=$1
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$root"
for folder in /usr /bin /sbin /lib /lib64; do
  if [ -L "$folder" ]; then
    cp -a "$folder" "$root$folder"
  elif [ -d "$folder" ]; then
    mkdir "$root$folder"
    mount --bind -o ro "$folder" "$root$folder"
  fi
done
mkdir -p "$root/etc/systemd/system" "$root/var/lib/fail2ban" "$root/var/log" "$root/run" "$root/tmp" "$root/proc" "$root/sys" "$root/dev" "$root/shared"
for file in passwd group nsswitch.conf ld.so.cache localtime; do
  if [ -e "/etc/$file" ]; then cp -aL "/etc/$file" "$root/etc/"; fi
done
cp -a /etc/fail2ban "$root/etc/"
rm -f "$root"/etc/fail2ban/*.local "$root"/etc/fail2ban/*.d/*.local "$root"/etc/fail2ban/jail.d/*
cp "$3/jail.local" "$root/etc/fail2ban/jail.local"
cp "$3/bangui-test.service" "$root/etc/systemd/system/"
# What the test wants to be there beside that.
if [ -d "$3/root" ]; then cp -a "$3/root/." "$root/"; fi
for unit in "$3"/root/etc/systemd/system/*.service; do
  if [ -e "$unit" ]; then systemctl --quiet --root="$root" enable "${unit##*/}"; fi
done
touch "$root/var/log/app.log" "$root/test-program"
ln -s /run "$root/var/run"
mount --bind "$2" "$root/test-program"
mount --bind "$3" "$root/shared"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
if [ "$4" = /sys/fs/cgroup ]; then
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
  mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
  mkdir "$root$4"
  mount -t cgroup -o none,name=systemd cgroup "$root$4"
fi
cd "$root"
mkdir outside
pivot_root . outside
umount -l /outside
exec env -i container=bangui-test PATH=/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_LOG_TARGET=console \
  /lib/systemd/systemd --system --unit=bangui-test.service --show-status=no
