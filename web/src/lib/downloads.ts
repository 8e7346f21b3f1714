/** Files from the API. A plain link would not say for which account it asks. */

import { fetchFile } from "./client";

/** Gets a file and hands it to the browser, which saves it under the name that the server gives, else `name`. */
export async function download(path: string, name: string, json?: unknown): Promise<void> {
  const file = await fetchFile(path, json);
  const address = URL.createObjectURL(file.content);
  const link = document.createElement("a");
  link.href = address;
  link.download = file.name ?? name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
