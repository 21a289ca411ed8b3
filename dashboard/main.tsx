import { render } from "preact";
import { App } from "./app.tsx";
import { loadApiKey } from "./state/api-key.ts";
import { watchIdentity } from "./state/identity.ts";
import { watchLocation } from "./state/location.ts";
import { startClock } from "./state/now.ts";
import { loadTheme } from "./state/theme.ts";

const root = document.querySelector("#app");
if (root === null) throw new Error("index.html has no element #app");

loadTheme();
loadApiKey();
watchLocation();
startClock();
root.replaceChildren();
render(<App />, root);
// The page asks for what it shows first, which it does after it is drawn.
requestAnimationFrame(() => setTimeout(watchIdentity));
