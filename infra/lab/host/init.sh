#!/bin/sh
# pid 1 of a lab host. Keeps sshd and dockerd: whichever ends is started again, unless /run/lab/<name>.hold is there.
# As pid 1 the shell inherits every orphan; its `wait` reaps them.

umount -l /.machine
rmdir /.machine
mount --make-rshared / # as systemd leaves it
mkdir -p /run/sshd /run/lab
chmod 0755 /run/sshd
for home in /root /home/*; do
  install -m 0600 /etc/flotilla-lab-key.pub "$home/.ssh/authorized_keys"
  chown --reference="$home" "$home/.ssh/authorized_keys"
done

# keep NAME PROGRAM…: a line in the pipe /run/lab/NAME.go ends the wait of one that is on hold.
keep() {
  name=$1
  shift
  mkfifo "/run/lab/$name.go"
  exec 3<>"/run/lab/$name.go"
  while :; do
    while [ -e "/run/lab/$name.hold" ]; do read -r _ <&3; done
    "$@" >>"/var/log/$name.log" 2>&1 3<&- &
    echo $! >"/run/lab/$name.pid"
    wait $!
    rm -f "/run/lab/$name.pid"
    sleep 0.5
  done
}

keep sshd /usr/sbin/sshd -D -e &
keep dockerd /usr/sbin/dockerd &
while :; do
  wait
  sleep 1
done
