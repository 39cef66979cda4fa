#!/bin/sh
# Runs in a host's new namespaces: mounts its file system, makes it the root, and becomes its pid 1.
# boot.sh NAME LOWER FOLDER
set -eu
name=$1 lower=$2 folder=$3

hostname "$name"
mount --make-rprivate /
cd "$folder"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$folder/upper,workdir=$folder/work" root
mount --bind docker root/var/lib/docker # overlay2 does not work on an overlay
mount -t proc proc root/proc
mount -t sysfs sysfs root/sys
mount --rbind /sys/fs/cgroup root/sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs root/run
mount -t tmpfs tmpfs root/tmp
if [ -d /lib/modules ]; then
  mkdir -p root/lib/modules
  mount --bind -o ro /lib/modules root/lib/modules
fi

# A /dev of its own: the machine's disks and terminals are not the host's.
mount -t tmpfs -o mode=755 tmpfs root/dev
for device in null zero full random urandom tty kmsg; do
  [ -e "/dev/$device" ] || continue
  : >"root/dev/$device"
  mount --bind "/dev/$device" "root/dev/$device"
done
mkdir root/dev/pts root/dev/shm root/dev/mqueue
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts root/dev/pts
mount -t tmpfs -o mode=1777 tmpfs root/dev/shm
mount -t mqueue mqueue root/dev/mqueue
ln -s pts/ptmx root/dev/ptmx
ln -s /proc/self/fd root/dev/fd
ln -s /proc/self/fd/0 root/dev/stdin
ln -s /proc/self/fd/1 root/dev/stdout
ln -s /proc/self/fd/2 root/dev/stderr

mkdir -p root/.machine
cd root
pivot_root . .machine
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  chroot . /usr/sbin/lab-init
