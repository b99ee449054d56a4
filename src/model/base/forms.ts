import { Faults } from "./errors.ts";

/** What a value from elsewhere must be made of: adds a fault for each part of it that is something else. */
export type Form = (value: unknown, place: string, faults: Faults) => void;

/** @throws InputError with every part that is not as it should be. */
export function checkForm(form: Form, value: unknown, place: string): void {
  const faults = new Faults();
  form(value, place, faults);
  faults.throwIfAny();
}

const formOf =
  (expected: string, isOne: (value: unknown) => boolean): Form =>
  (value, place, faults) => {
    if (!isOne(value)) faults.add(place, expected, kindOf(value));
  };

export const anything: Form = () => {};
export const text = formOf("text", (value) => typeof value === "string");
export const flag = formOf("true or false", (value) => typeof value === "boolean");
export const number = formOf("a number", (value) => typeof value === "number" && !Number.isNaN(value));

/** An integer that counts exactly, `least` or more. */
export const whole = (least: number): Form =>
  formOf(`an integer of at least ${least}`, (value) => Number.isSafeInteger(value) && (value as number) >= least);

export const choice = (...choices: readonly unknown[]): Form =>
  formOf(`one of ${choices.join(", ")}`, (value) => choices.includes(value));

/** A typed array, by the name of its class: those of another realm have classes of their own. */
export const arrayOf = (...classes: readonly string[]): Form =>
  formOf(`a ${classes.join(" or ")}`, (value) => classes.includes(classOf(value)));

export const optional =
  (form: Form): Form =>
  (value, place, faults) => {
    if (value !== undefined) form(value, place, faults);
  };

export const nullable =
  (form: Form): Form =>
  (value, place, faults) => {
    if (value !== null) form(value, place, faults);
  };

/** A list of `least` items or more. */
export const listOf =
  (form: Form, least = 0): Form =>
  (value, place, faults) => {
    if (!Array.isArray(value) || value.length < least) faults.add(place, `a list of at least ${least}`, kindOf(value));
    // By its entries: a list may have holes, which forEach passes over.
    else for (const [index, item] of value.entries()) form(item, `${place}[${index}]`, faults);
  };

/** Keys that are not named may be anything. */
export const record =
  (forms: Readonly<Record<string, Form>>): Form =>
  (value, place, faults) => {
    if (!isRecord(value))
      faults.add(place, `a record of ${Object.keys(forms).join(", ") || "anything"}`, kindOf(value));
    else for (const [key, form] of Object.entries(forms)) form(value[key], `${place}.${key}`, faults);
  };

/** A record whose other keys depend on what one of them says. */
export const byKey =
  (key: string, forms: Readonly<Record<string, Form>>): Form =>
  (value, place, faults) => {
    const said = isRecord(value) ? value[key] : undefined;
    const form = typeof said === "string" && Object.hasOwn(forms, said) ? forms[said] : undefined;
    if (form !== undefined) form(value, place, faults);
    else faults.add(`${place}.${key}`, `one of ${Object.keys(forms).join(", ")}`, kindOf(said));
  };

/** Form after form, as long as there is nothing at fault: later ones may rely on earlier ones. */
export const inTurn =
  (...forms: readonly Form[]): Form =>
  (value, place, faults) => {
    for (const form of forms) {
      const own = new Faults();
      form(value, place, own);
      if (own.isEmpty) continue;
      own.all.forEach((fault) => faults.add(fault.place, fault.expected, fault.got));
      return;
    }
  };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function classOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -"]".length);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (value === undefined) return "nothing";
  return typeof value === "object" && value !== null ? `a ${classOf(value)}` : String(value);
}
