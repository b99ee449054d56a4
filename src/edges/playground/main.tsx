import { render } from "preact";
import { App } from "./app.tsx";
import { shareByFragment } from "./share.ts";

shareByFragment();
const place = document.getElementById("app")!;
place.replaceChildren();
render(<App />, place);
