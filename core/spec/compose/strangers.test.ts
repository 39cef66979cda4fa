import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseSpec } from '../parse.ts';

/* Whole Compose files as people have them: written for one machine, and given as they are. */

const deployed = (text: string) =>
  parseSpec({
    cluster: 'demo',
    nodes: { h1: { role: 'manager' } },
    stacks: { app: { compose: parse(text, { merge: true }) } },
  });
const told = (text: string): unknown => {
  const parsed = deployed(text);
  return parsed.ok
    ? { services: Object.keys(parsed.spec.services), leftOut: parsed.spec.left_out?.['app'] ?? {} }
    : parsed.issues.map(({ pointer }) => pointer.replace('/stacks/app/compose/', ''));
};

const blog = `
version: "3.7"
services:
  database:
    image: mysql:8
    command: "--authentication-policy=caching_sha2_password"
    volumes:
      - dbdata:/var/lib/mysql
    restart: always
    environment:
      - MYSQL_DATABASE=blog
    expose:
      - 3306
      - 33060
  blog:
    image: wordpress:6
    depends_on:
      - database
    ports:
      - 8080:80
    restart: unless-stopped
    mem_limit: 256m
    environment:
      WORDPRESS_DB_HOST: database
volumes:
  dbdata:
`;

const monitoring = `
name: monitoring
x-logging: &logging
  logging:
    driver: json-file
    options: { max-size: 10m }
services:
  metrics:
    <<: *logging
    image: prom/prometheus
    container_name: prometheus
    restart: on-failure:5
    networks: [inner]
    healthcheck: { test: [CMD, "true"], interval: 30s, start_interval: 1s }
  charts:
    <<: *logging
    image: grafana/grafana
    container_name: grafana
    depends_on: { metrics: { condition: service_healthy, required: true } }
    links: [metrics]
    ports:
      - { name: page, target: 3000, published: "3000", mode: ingress, host_ip: 0.0.0.0 }
    networks: [inner, default]
    pull_policy: always
    platform: linux/amd64
  console:
    image: busybox
    profiles: [debug]
networks:
  inner: { driver: bridge }
`;

const maintenance = `
services:
  migrate:
    image: registry.example/shop/migrate:3
    build: { context: ./migrate }
    restart: "no"
    depends_on: [db]
  db:
    image: postgres:16
    shm_size: 128mb
    privileged: false
    stop_grace_period: 1m
    volumes: [{type: bind, source: /srv/db, target: /var/lib/postgresql/data, bind: {create_host_path: true}}]
`;

const development = `
services:
  backend:
    build:
      context: backend
      target: development
    volumes:
      - ./backend:/code
      - /code/node_modules
    secrets: [db-password]
    depends_on: [db]
  proxy:
    image: nginx
    network_mode: host
    volumes:
      - type: bind
        source: ./nginx.conf
        target: /etc/nginx/conf.d/default.conf
  db:
    image: postgres
    restart: always
secrets:
  db-password:
    file: db/password.txt
`;

describe('a Compose file that was written for one machine', () => {
  test('of a blog and its database is deployed', () => {
    expect(told(blog)).toEqual({
      services: ['app_database', 'app_blog'],
      leftOut: { expose: ['database'], depends_on: ['blog'] },
    });
  });

  test('of metrics and charts is deployed, and each thing that means nothing is told', () => {
    expect(told(monitoring)).toEqual({
      services: ['app_metrics', 'app_charts'],
      leftOut: {
        name: [],
        profiles: ['console'],
        container_name: ['metrics', 'charts'],
        'healthcheck.start_interval': ['metrics'],
        'ports.name': ['charts'],
        depends_on: ['charts'],
        links: ['charts'],
        pull_policy: ['charts'],
        'networks.driver': ['inner'],
      },
    });
    const parsed = deployed(monitoring);
    expect(parsed.ok && parsed.spec.services['app_metrics']).toMatchObject({
      networks: { app_inner: { aliases: ['metrics', 'prometheus'] } },
      deploy: { restart_policy: { condition: 'on-failure', max_attempts: 5 } },
      logging: { options: { 'max-size': '10m' } },
    });
  });

  test('of a job and its database is deployed, and what runs once is not started again', () => {
    expect(told(maintenance)).toEqual({
      services: ['app_migrate', 'app_db'],
      leftOut: {
        build: ['migrate'],
        'depends_on beside restart: no': ['migrate'],
        'volumes.bind.create_host_path': ['db'],
      },
    });
    const parsed = deployed(maintenance);
    expect(parsed.ok && parsed.spec.services['app_migrate']?.deploy.restart_policy).toEqual({ condition: 'none' });
    expect(parsed.ok && parsed.spec.services['app_db']?.tmpfs).toEqual(['/dev/shm:size=128m']);
  });

  test('of a developer is refused, with every place that is to be changed', () => {
    expect(told(development)).toEqual([
      'services/backend/volumes/0/source',
      'services/backend/volumes/1',
      'services/backend/build',
      'services/proxy/volumes/0/source',
      'services/proxy/network_mode',
      'secrets/db-password/file',
    ]);
  });
});
