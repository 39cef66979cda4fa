# Runs once inside a new root: what every lab host has, whatever its name.

# ops may use Docker, admin may use sudo without a password, warden with one, guest neither.
useradd --create-home --shell /bin/bash --groups docker ops
useradd --create-home --shell /bin/bash --groups sudo admin
useradd --create-home --shell /bin/bash --groups sudo warden
useradd --create-home --shell /bin/bash guest
echo 'warden:only-in-the-lab' | chpasswd
echo 'admin ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin
chmod 0440 /etc/sudoers.d/admin
for home in /root /home/ops /home/admin /home/warden /home/guest; do
  mkdir -p "$home/.ssh"
  chmod 0700 "$home/.ssh"
  chown --reference="$home" "$home/.ssh"
done

# Each host makes its own.
rm -f /etc/ssh/ssh_host_* /etc/machine-id /var/lib/dbus/machine-id

rm -rf /var/cache/apt/archives/*.deb /var/lib/apt/lists/* /usr/share/doc /usr/share/man /usr/share/locale /usr/share/info
mkdir -p /var/lib/docker /etc/docker /run/sshd
