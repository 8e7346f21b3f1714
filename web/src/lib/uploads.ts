/** Files on their way to a post. */

import { ApiError, request } from "./client";
import type { MediaAttachment } from "./entities";

const FIRST_LOOK_MS = 800;
const LOOKS = 60;

/** Sends a file and waits until it can be attached. */
export async function uploadFile(file: File): Promise<MediaAttachment> {
  const form = new FormData();
  form.append("file", file);
  let answer = await request<MediaAttachment>("POST", "/api/v2/media", { form });
  for (let look = 0; answer.status === 202 || answer.status === 206; look += 1) {
    if (look >= LOOKS) throw new ApiError(503, "The file is still being worked on.");
    await new Promise((resolve) => setTimeout(resolve, Math.min(FIRST_LOOK_MS * (1 + look / 4), 4_000)));
    answer = await request<MediaAttachment>("GET", `/api/v1/media/${answer.data.id}`);
  }
  return answer.data;
}
