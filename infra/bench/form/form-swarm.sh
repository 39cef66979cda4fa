#!/bin/sh
# form-swarm.sh KEY KNOWN_HOSTS NETWORK MANAGER WORKER…: forms a swarm over ssh as a good admin would write it.
set -eu
key=$1 known=$2 network=$3 manager=$4
shift 4

on() {
  host=$1
  shift
  ssh -F none -i "$key" -o "UserKnownHostsFile=$known" -o StrictHostKeyChecking=yes -o BatchMode=yes "root@$host" "$@"
}

token=$(on "$manager" "docker swarm init --advertise-addr $manager >/dev/null && docker swarm join-token -q worker")

joins=
for worker in "$@"; do
  on "$worker" docker swarm join --token "$token" --advertise-addr "$worker" "$manager:2377" >/dev/null &
  joins="$joins $!"
done
for join in $joins; do wait "$join"; done

on "$manager" docker network create --driver overlay --attachable "$network" >/dev/null
