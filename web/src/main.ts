import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { speak } from "./i18n/index.svelte";
import { startRouter } from "./lib/router.svelte";
import { startSession } from "./lib/session.svelte";
import { applySettings } from "./lib/settings.svelte";
import { startUpdates } from "./lib/updates.svelte";

applySettings();
startRouter();
await Promise.all([speak(), startSession()]);
mount(App, { target: document.getElementById("app") as HTMLElement });
startUpdates();
