import { inputError } from "../../../model/base/errors.ts";
import { orAborted } from "../../../model/base/pace.ts";
import { takeThread } from "./load.node.ts";
import type { InferenceThread } from "./load.node.ts";
import { createSession, runTensors, tensorConstructor } from "./ortRuntime.ts";
import type { Tensors } from "./ortRuntime.ts";
import { plainTensor } from "./threadCalls.ts";
import type { ExternalFile, PlainTensor, ThreadAnswer, ThreadCall } from "./threadCalls.ts";

export { locateRuntime } from "./load.node.ts";

/** What runs the models of one network. */
export interface Runtime {
  /** `model`: this array's alone; it may be gone afterwards. @throws InputError when ONNX Runtime refuses it. */
  open(model: Uint8Array, place: string, externalData?: readonly ExternalFile[]): Promise<RuntimeSession>;
  /** Behind all sessions. */
  close(): void;
}

/** One model. */
export interface RuntimeSession {
  /** @throws InputError at `place`, or one of its nodes. */
  run(feeds: Tensors, fetches: readonly string[]): Promise<Tensors>;
  release(): Promise<void>;
}

/** On a thread of its own where a signal may stop it, if there is one to be had: it is ended in the middle of a run. */
export function createRuntime(signal: AbortSignal | undefined): Runtime {
  const thread = signal === undefined ? null : takeThread();
  return thread === null ? ownThread : new ThreadRuntime(thread, signal!);
}

/** On the calling thread. */
const ownThread: Runtime = {
  async open(model, place, externalData = []) {
    const session = await createSession(model, externalData).catch(refuse(place));
    return {
      run: (feeds, fetches) => runTensors(session, feeds, fetches).catch(refuse(place)),
      release: () => session.release(),
    };
  },
  close() {},
};

class ThreadRuntime implements Runtime {
  /** An aborted thread may be at work, and one that failed is gone. */
  private isUsable = true;

  constructor(
    private readonly thread: InferenceThread,
    private readonly signal: AbortSignal,
  ) {}

  async open(model: Uint8Array, place: string, externalData: readonly ExternalFile[] = []): Promise<RuntimeSession> {
    const whole = alone(model);
    const opened = await this.call({ kind: "open", model: whole, externalData }, place, [whole.buffer as ArrayBuffer]);
    const { session } = opened as Extract<ThreadAnswer, { session: number }>;
    return {
      run: async (feeds, fetches) => {
        const plain = Object.entries(feeds).map(([name, tensor]) => {
          const { data, ...rest } = plainTensor(tensor);
          return [name, { ...rest, data: Array.isArray(data) ? data : alone(data) }] as const;
        });
        const answer = await this.call({ kind: "run", session, feeds: Object.fromEntries(plain), fetches }, place);
        return tensorsOf((answer as Extract<ThreadAnswer, { tensors: object }>).tensors);
      },
      release: async () => {
        if (!this.isUsable || this.signal.aborted) return;
        await this.call({ kind: "release", session }, place);
      },
    };
  }

  close(): void {
    if (this.isUsable && !this.signal.aborted) this.thread.giveBack();
    else this.thread.end();
  }

  private async call(call: ThreadCall, place: string, transfer: readonly ArrayBuffer[] = []): Promise<ThreadAnswer> {
    let answer: ThreadAnswer;
    try {
      answer = await orAborted(this.thread.call(call, transfer), this.signal);
    } catch (error) {
      this.isUsable = false;
      throw error;
    }
    if ("error" in answer) throw runtimeError(new Error(answer.error), place);
    return answer;
  }
}

/** An array that has its memory for itself: a message takes all the memory that an array is part of. */
function alone<T extends { readonly buffer: ArrayBufferLike; readonly byteLength: number; slice(): T }>(values: T): T {
  return values.byteLength === values.buffer.byteLength ? values : values.slice();
}

async function tensorsOf(plain: Readonly<Record<string, PlainTensor>>): Promise<Tensors> {
  const constructor = await tensorConstructor();
  return Object.fromEntries(
    Object.entries(plain).map(([name, { type, data, dims }]) => [name, new constructor(type, data as never, dims)]),
  );
}

function refuse(place: string): (error: unknown) => never {
  return (error) => {
    throw runtimeError(error, place);
  };
}

function runtimeError(error: unknown, place: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  const node = /\bnode[^'"]{0,40}?name:?\s*\(?['"]([^'"]+)['"]/i.exec(message)?.[1];
  const where = node === undefined ? place : `${place}, node ${node}`;
  // What follows its error code; source lines of the runtime tell a user nothing.
  const reason = message.replace(/^.*ERROR_MESSAGE:\s*/s, "").replace(/\S+\.(h|cc):\d+\s/g, "");
  return inputError(where, "a network that ONNX Runtime can run", reason.trim(), error);
}
