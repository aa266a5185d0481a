import DataLoader from 'dataloader';
import type { EntityAnswer, EntityRequest } from './entity-request.ts';
import { fetchEntities } from './entity-request.ts';
import { withinDeadline } from './within-deadline.ts';

export interface EntityLaneOptions {
  readonly maxWindowMs: number;
  /** Sends what several ask for; an outcome for each, in their order. Never rejects. */
  readonly sendTogether: (
    requests: readonly EntityRequest[],
  ) => Promise<readonly (EntityAnswer | Error)[]>;
  /** Called when nobody waits and nothing is under way any more. */
  readonly whenEmpty: () => void;
}

interface Alone {
  readonly request: EntityRequest;
  readonly resolve: (answer: EntityAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Requests for the same selection of one subgraph, made for callers the subgraph treats alike.
 *
 * Who comes to an idle lane is sent at the end of the current turn of the event loop. While a request of the lane is under
 * way, who comes waits for its answer, but no longer than the window: so batches grow with load and cost nothing without
 * it. Whoever stays alone is sent alone; a DataLoader is only made when a second one comes.
 */
export class EntityLane {
  readonly #options: EntityLaneOptions;
  #inFlight = 0;
  #alone: Alone | undefined;
  #loader: DataLoader<EntityRequest, EntityAnswer> | undefined;
  /** Sends what DataLoader has gathered; undefined while it gathers nothing. */
  #dispatch: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EntityLaneOptions) {
    this.#options = options;
  }

  /** Asks for entities, together with whoever else does. @throws SubgraphError, GatewayError DEADLINE_EXCEEDED */
  ask(request: EntityRequest): Promise<EntityAnswer> {
    const alone = this.#alone;
    if (alone) {
      this.#alone = undefined;
      this.#gather(alone.request).then(alone.resolve, alone.reject);
    } else if (!this.#dispatch) {
      return this.#waitAlone(request);
    }
    return this.#gather(request);
  }

  /** Sends who waits. */
  send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const alone = this.#alone;
    if (alone) {
      this.#alone = undefined;
      this.#sendAlone(alone);
      return;
    }
    const dispatch = this.#dispatch;
    this.#dispatch = undefined;
    dispatch?.();
  }

  /** Nothing limits this wait: it is shorter than any clock here, and the fetch that follows has the caller's limits. */
  #waitAlone(request: EntityRequest): Promise<EntityAnswer> {
    return new Promise((resolve, reject) => {
      this.#alone = { request, resolve, reject };
      if (this.#inFlight === 0) sendSoon(this);
      else this.#timer = setTimeout(() => this.send(), this.#options.maxWindowMs);
    });
  }

  #gather(request: EntityRequest): Promise<EntityAnswer> {
    this.#loader ??= new DataLoader((requests) => this.#sendGathered(requests), {
      cache: false,
      maxBatchSize: Number.POSITIVE_INFINITY,
      batchScheduleFn: (dispatch) => (this.#dispatch = dispatch),
    });
    return withinDeadline(this.#loader.load(request), request.context);
  }

  #sendAlone({ request, resolve, reject }: Alone): void {
    this.#inFlight += 1;
    fetchEntities(request).then(
      (answer) => {
        this.#settle();
        resolve(answer);
      },
      (reason: unknown) => {
        this.#settle();
        reject(reason);
      },
    );
  }

  async #sendGathered(
    requests: readonly EntityRequest[],
  ): Promise<readonly (EntityAnswer | Error)[]> {
    this.#inFlight += 1;
    try {
      return await this.#options.sendTogether(requests);
    } finally {
      this.#settle();
    }
  }

  #settle(): void {
    this.#inFlight -= 1;
    if (this.#alone || this.#dispatch) this.send();
    else if (this.#inFlight === 0) this.#options.whenEmpty();
  }
}

let due: EntityLane[] = [];

/** One look at the end of the turn serves every lane that somebody came to. */
function sendSoon(lane: EntityLane): void {
  if (due.length === 0) setImmediate(sendDue);
  due.push(lane);
}

function sendDue(): void {
  const lanes = due;
  due = [];
  for (const lane of lanes) lane.send();
}
