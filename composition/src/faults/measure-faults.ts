import { print, type GraphQLSchema } from 'graphql';
import { CommandError } from '../command-error.ts';
import type { KnownOperation } from '../operations/known-operation.ts';
import type { FaultLab, LabAnswer } from './fault-lab.ts';
import { faults, type Fault, type FaultProxy } from './fault-proxy.ts';
import { findLoss, isNothing, type Loss } from './lost-fields.ts';
import { sampleVariables } from './sample-variables.ts';

/** What one fault of one fetch does to the answer of an operation. */
export interface FaultEffect {
  subgraph: string;
  /** The document the subgraph is asked. */
  fetch: string;
  fault: Fault;
  loss: Loss;
}

/** A progressive `@override` gives an operation several plans, chosen by chance: so it is asked several times. */
const maxVariants = 8;
const maxRounds = 40;

/**
 * Runs an operation once as it is, and once for every fetch it makes and every fault that fetch may meet.
 * @throws CommandError when the operation is not answered even without faults
 */
export async function measureFaults(
  { name, document, origin }: KnownOperation,
  schema: GraphQLSchema,
  lab: FaultLab,
): Promise<FaultEffect[]> {
  const variables = sampleVariables(document, schema);
  // Not its text: fragments may stand in other files.
  const text = print(document);
  for (const proxy of lab.proxies.values()) proxy.forget();
  const whole = await lab.ask(text, variables);
  if (isNothing(whole.data)) {
    const reason = whole.errors?.[0]?.message ?? 'there is no data';
    throw new CommandError(
      `${origin}: ${name} is not answered, even with every subgraph well: ${reason}`,
    );
  }
  for (let round = 1; round < maxVariants; round++) await lab.ask(text, variables);
  const effects: FaultEffect[] = [];
  for (const [subgraph, proxy] of lab.proxies) {
    for (const fetch of proxy.asked()) {
      for (const fault of faults) {
        const given = await askWithFault(() => lab.ask(text, variables), proxy, { fetch, fault });
        if (given) effects.push({ subgraph, fetch, fault, loss: findLoss(whole.data, given.data) });
      }
      proxy.break(undefined, 'silent');
    }
  }
  return effects;
}

/** Asks until the fetch in question was really made. @returns undefined when it never was */
async function askWithFault(
  ask: () => Promise<LabAnswer>,
  proxy: FaultProxy,
  { fetch, fault }: { fetch: string; fault: Fault },
): Promise<LabAnswer | undefined> {
  proxy.break(fetch, fault);
  for (let round = 0; round < maxRounds; round++) {
    const given = await ask();
    if (proxy.hasGoneWrong()) return given;
  }
  return undefined;
}
