import { nearest } from "../../model/arch/nearest.ts";
import { inputError } from "../../model/base/errors.ts";
import type { ZooChoice, ZooNetwork } from "../../model/ir/zoo.ts";
import { alexnet, caffenet } from "./networks/alexnet.ts";
import { bertBaseLayer } from "./networks/bertBaseLayer.ts";
import { convnetCifar } from "./networks/convnetCifar.ts";
import { googlenet } from "./networks/googlenet.ts";
import { lenet5 } from "./networks/lenet5.ts";
import { mobilenetV2 } from "./networks/mobilenetV2.ts";
import { resnet20 } from "./networks/resnet20.ts";
import { resnet50 } from "./networks/resnet50.ts";
import { vgg16 } from "./networks/vgg16.ts";

export const zooNetworks: readonly ZooNetwork[] = [
  lenet5,
  convnetCifar,
  resnet20,
  alexnet,
  caffenet,
  vgg16,
  googlenet,
  resnet50,
  mobilenetV2,
  bertBaseLayer,
];

/**
 * The network that NAME or NAME@VARIANT means; without a variant the network's first one.
 * @throws InputError with the nearest names when there is none.
 */
export function chooseNetwork(text: string): ZooChoice {
  const [name = "", variantName, ...rest] = text.split("@");
  const network = zooNetworks.find((known) => known.name === name);
  if (network === undefined) throw unknown("a network of the zoo", name, zooNetworks);
  const { variants } = network;
  if (variantName === undefined) return { network, variant: variants[0] };
  const variant = rest.length > 0 ? undefined : variants.find((known) => known.name === variantName);
  if (variant === undefined) throw unknown(`a variant of ${name}`, text.slice(name.length + 1), variants);
  return { network, variant };
}

function unknown(what: string, got: string, known: readonly { readonly name: string }[]): Error {
  const names = known.map(({ name }) => name);
  const near = nearest(got, names, 3);
  const hint = near.length > 0 ? `did you mean ${near.map((name) => `"${name}"`).join(", ")}?` : names.join(", ");
  return inputError("zoo", `${what} (${hint})`, JSON.stringify(got));
}
