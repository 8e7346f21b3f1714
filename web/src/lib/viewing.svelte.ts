/** What lies over the page: the viewer of media, the list of keys. */

import type { MediaAttachment } from "./entities";

class Viewing {
  media = $state.raw<{ list: MediaAttachment[]; at: number } | null>(null);
  keys = $state(false);
  reporting = $state.raw<{ account: string; post: string | null } | null>(null);
}

export const viewing = new Viewing();
