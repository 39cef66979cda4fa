#!/bin/sh
# The registry of a lab, from the programs of a root file system, with the lab's folder on /mnt.
# serve.sh ROOT FOLDER CONFIG
set -eu
mount --make-rprivate /
mount --bind "$2" "$1/mnt"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$1" docker-registry serve "/mnt/$3"
