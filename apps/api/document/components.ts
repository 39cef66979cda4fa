import { grantSchema, personViewSchema, tokenViewSchema } from '#core/access/contract.ts';
import { holdSchema } from '#core/access/hold.ts';
import { policySchema } from '#core/access/policy.ts';
import { actorSchema } from '#core/actor.ts';
import { approvalSchema } from '#core/approval/approval.ts';
import type { z } from 'zod';
import { auditEventSchema } from '#core/audit.ts';
import { canonical } from '#core/canonical.ts';
import { findingSchema } from '#core/finding.ts';
import { inspectionSchema } from '#core/inspection.ts';
import { logRecordSchema } from '#core/logs.ts';
import { runningSchema } from '#core/running.ts';
import { sshTargetSchema } from '#core/host.ts';
import { hostFactsSchema } from '#core/observation.ts';
import { operationSchema } from '#core/operation.ts';
import { planSchema } from '#core/plan.ts';
import { preflightFactsSchema } from '#core/preflight/facts.ts';
import { preflightSchema } from '#core/preflight.ts';
import { composeSchema } from '#core/spec/compose-file.ts';
import { labelsSchema } from '#core/spec/names.ts';
import { containerSchema, serviceSchema } from '#core/spec/service.ts';
import { specSchema } from '#core/spec/spec.ts';
import { outcomeSchema, stepContainerSchema, stepSchema } from '#core/step.ts';
import { checkResultSchema, countedSchema, verificationSchema } from '#core/verification.ts';
import { trustViewSchema } from '#core/ci/contract.ts';
import { deliveryViewSchema, sourceViewSchema } from '#core/webhooks/contract.ts';
import { messageViewSchema, outEventSchema, targetViewSchema } from '#core/webhooks/out/contract.ts';
import { webhookRuleSchema } from '#core/webhooks/rule.ts';
import { revisionSummarySchema } from '#core/revision-summary.ts';
import {
  clusterViewSchema,
  hostViewSchema,
  operationEventSchema,
  operationViewSchema,
  problemSchema,
  revisionViewSchema,
} from '#core/wire.ts';
import { leaseSchema } from '#core/worker-wire.ts';

/** Schemas that the document names and refers to, instead of writing them out wherever they occur. */
export const namedSchemas: Record<string, z.ZodType> = {
  Actor: actorSchema,
  Approval: approvalSchema,
  AuditEvent: auditEventSchema,
  CiTrust: trustViewSchema,
  Check: checkResultSchema,
  Cluster: clusterViewSchema,
  Compose: composeSchema,
  ContainerSpec: containerSchema,
  Counted: countedSchema,
  Finding: findingSchema,
  Grant: grantSchema,
  Hold: holdSchema,
  Host: hostViewSchema,
  HostFacts: hostFactsSchema,
  Inspection: inspectionSchema,
  Labels: labelsSchema,
  Running: runningSchema,
  Lease: leaseSchema,
  LogRecord: logRecordSchema,
  Operation: operationSchema,
  OperationEvent: operationEventSchema,
  OperationView: operationViewSchema,
  Outcome: outcomeSchema,
  Person: personViewSchema,
  Plan: planSchema,
  Preflight: preflightSchema,
  PreflightFacts: preflightFactsSchema,
  Policy: policySchema,
  Problem: problemSchema,
  Revision: revisionViewSchema,
  RevisionSummary: revisionSummarySchema,
  ServiceSpec: serviceSchema,
  Spec: specSchema,
  SshTarget: sshTargetSchema,
  Step: stepSchema,
  StepContainer: stepContainerSchema,
  Token: tokenViewSchema,
  Verification: verificationSchema,
  WebhookDelivery: deliveryViewSchema,
  WebhookEvent: outEventSchema,
  WebhookMessage: messageViewSchema,
  WebhookRule: webhookRuleSchema,
  WebhookSource: sourceViewSchema,
  WebhookTarget: targetViewSchema,
};

type Json = string | number | boolean | null | Json[] | JsonObject;
type JsonObject = { [key: string]: Json };

/**
 * The document with the named schemas as components, and each written-out copy of one replaced by a reference to it.
 * `written` has each named schema as the generator writes it out.
 */
export function withReferences<T extends object>(document: T, written: Record<string, unknown>): T {
  const { components, ...rest } = jsonOf(document);
  const schemas = jsonOf(written);
  const nameOf = new Map(Object.entries(schemas).map(([name, schema]) => [canonical(schema), name]));
  const named = Object.entries(schemas).map(([name, schema]): [string, Json] => [
    name,
    membersReplaced(schema, nameOf),
  ]);
  const others = typeof components === 'object' && !Array.isArray(components) ? components : {};
  const all = { ...others, schemas: Object.fromEntries(named) };
  return sameShape(document, { ...jsonOf(membersReplaced(rest, nameOf)), components: all });
}

type Names = ReadonlyMap<string, string>;

function replaced(value: Json, nameOf: Names): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => replaced(item, nameOf));
  const name = nameOf.get(canonical(value));
  return name === undefined ? (nullable(value, nameOf) ?? membersReplaced(value, nameOf)) : referenceTo(name);
}

const referenceTo = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** `Plan | null` is written out as the schema of the plan with one type more. */
function nullable(value: JsonObject, nameOf: Names): Json | null {
  const { type } = value;
  if (!Array.isArray(type) || type.length !== 2 || type[1] !== 'null') return null;
  const name = nameOf.get(canonical({ ...value, type: type[0] ?? null }));
  return name === undefined ? null : { anyOf: [referenceTo(name), { type: 'null' }] };
}

function membersReplaced(value: Json, nameOf: Names): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return replaced(value, nameOf);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaced(member, nameOf)]));
}

/** The cast is safe: objects become JSON objects. It also drops what is undefined. */
const jsonOf = (value: object | string | number | boolean | null): JsonObject =>
  JSON.parse(JSON.stringify(value)) as JsonObject;

/** The cast is safe: replacing a schema by a reference to it keeps a document a document. */
const sameShape = <T>(_before: T, after: JsonObject): T => after as T;
