/** What the API sends, as far as the app reads it. */

export type Visibility = "public" | "unlisted" | "private" | "direct";
export type QuotePolicy = "public" | "followers" | "nobody";

export interface Account {
  id: string;
  username: string;
  acct: string;
  display_name: string;
  locked: boolean;
  bot: boolean;
  created_at: string;
  note: string;
  url: string;
  avatar: string;
  avatar_static: string;
  avatar_description?: string | null;
  header: string;
  header_static: string;
  followers_count: number;
  following_count: number;
  statuses_count: number;
  fields: { name: string; value: string; verified_at: string | null }[];
  emojis?: Emoji[];
  roles?: { id: string; name: string; color: string }[];
  moved?: Account | null;
  suspended?: boolean;
  limited?: boolean;
}

export interface CredentialAccount extends Account {
  role?: { permissions: string };
  source: {
    privacy: Visibility;
    sensitive: boolean;
    language: string | null;
    quote_policy: QuotePolicy;
    note: string;
    fields: { name: string; value: string }[];
    follow_requests_count: number;
  };
}

export interface Relationship {
  id: string;
  following: boolean;
  showing_reblogs: boolean;
  notifying: boolean;
  followed_by: boolean;
  blocking: boolean;
  blocked_by: boolean;
  muting: boolean;
  requested: boolean;
  requested_by: boolean;
  domain_blocking: boolean;
  note: string;
}

/** From the middle: minus one to one, right and up are positive. */
export interface Focus {
  x: number;
  y: number;
}

export interface MediaAttachment {
  id: string;
  type: "image" | "gifv" | "video" | "audio" | "unknown";
  url: string | null;
  preview_url: string | null;
  description: string | null;
  blurhash: string | null;
  meta: {
    original?: { width?: number; height?: number; duration?: number };
    small?: { width: number; height: number };
    focus?: Focus;
  } | null;
}

export interface Poll {
  id: string;
  expires_at: string | null;
  expired: boolean;
  multiple: boolean;
  votes_count: number;
  voters_count: number | null;
  options: { title: string; votes_count: number | null }[];
  emojis?: Emoji[];
  voted?: boolean;
  own_votes?: number[];
}

export interface PreviewCard {
  url: string;
  title: string;
  description: string;
  provider_name: string;
  author_name: string;
  image: string | null;
  image_description: string;
  width: number;
  height: number;
}

export interface Mention {
  id: string;
  username: string;
  url: string;
  acct: string;
}

export interface Quote {
  state: "pending" | "accepted" | "rejected" | "revoked" | "deleted" | "unauthorized" | string;
  quoted_status?: Status | null;
  quoted_status_id?: string | null;
}

export interface FilterResult {
  filter: { id: string; title: string; context: string[]; filter_action: "warn" | "hide" | "blur" };
}

export interface Status {
  id: string;
  created_at: string;
  edited_at: string | null;
  in_reply_to_id: string | null;
  in_reply_to_account_id: string | null;
  sensitive: boolean;
  spoiler_text: string;
  visibility: Visibility;
  language: string | null;
  uri: string;
  url: string;
  replies_count: number;
  reblogs_count: number;
  favourites_count: number;
  quotes_count: number;
  content: string;
  account: Account;
  media_attachments: MediaAttachment[];
  mentions: Mention[];
  tags: { name: string; url: string }[];
  emojis?: Emoji[];
  card: PreviewCard | null;
  poll: Poll | null;
  quote: Quote | null;
  quote_approval?: { current_user?: string };
  reblog: Status | null;
  application?: { name: string; website: string | null } | null;
  favourited?: boolean;
  reblogged?: boolean;
  bookmarked?: boolean;
  muted?: boolean;
  pinned?: boolean;
  filtered?: FilterResult[];
  /** Of this server: what became of the post. */
  holdfast?: { state: "visible" | "held" | "withdrawn"; reason: string | null; imported: boolean; labels?: string[]; limited_reach?: boolean; closed_replies?: boolean };
}

export interface Context {
  ancestors: Status[];
  descendants: Status[];
}

export interface Warning {
  id: string;
  action: string;
  text: string;
  created_at: string;
  status_ids: string[] | null;
  target_account?: Account;
  appeal?: { text: string; state: "pending" | "approved" | "rejected" } | null;
  holdfast?: { statement_id: string; reversal: boolean; reversed: boolean; can_appeal: boolean; appeal_outcome: string | null };
}

export interface NotificationGroup {
  group_key: string;
  notifications_count: number;
  type: string;
  most_recent_notification_id: string | number;
  latest_page_notification_at?: string;
  page_min_id?: string;
  page_max_id?: string;
  sample_account_ids: string[];
  status_id?: string;
  moderation_warning?: Warning;
  report?: { id: string; category: string; target_account: Account };
  /** Of this server: what came of one's own report. */
  holdfast?: { report_id: string; about: string | null; outcome: "waits" | "actioned" | "no_violation" | "closed" };
  fallback?: { title: string; summary: string };
}

export interface GroupedNotifications {
  accounts: Account[];
  statuses: Status[];
  notification_groups: NotificationGroup[];
}

export interface Notification {
  id: string;
  type: string;
  created_at: string;
  account: Account;
  status?: Status;
}

export interface Conversation {
  id: string;
  unread: boolean;
  accounts: Account[];
  last_status: Status | null;
}

export interface Tag {
  name: string;
  url: string;
  history?: { day: string; uses: string; accounts: string }[];
  following?: boolean;
}

export interface SearchResults {
  accounts: Account[];
  statuses: Status[];
  hashtags: Tag[];
}

export interface Emoji {
  shortcode: string;
  url: string;
  static_url: string;
  visible_in_picker: boolean;
}

export interface ScheduledStatus {
  id: string;
  scheduled_at: string;
  params: { text: string };
}

export interface List {
  id: string;
  title: string;
  exclusive?: boolean;
}

export interface Instance {
  domain: string;
  title: string;
  version: string;
  description: string;
  languages: string[];
  thumbnail?: { url: string };
  configuration: {
    urls: { streaming: string; about?: string | null; privacy_policy?: string | null; terms_of_service?: string | null };
    vapid?: { public_key: string };
    statuses: { max_characters: number; max_media_attachments: number; characters_reserved_per_url: number };
    media_attachments: {
      supported_mime_types: string[];
      description_limit?: number;
      image_size_limit?: number;
      video_size_limit?: number;
    };
    polls: { max_options: number; max_characters_per_option: number; min_expiration: number; max_expiration: number };
  };
  registrations: { enabled: boolean; approval_required: boolean; message: string | null };
  contact?: { email: string; account: Account | null };
  rules: { id: string; text: string; hint: string }[];
  holdfast?: { ledger: { origin: string; prefix: string; vkeys: string[] } | null; relaunch: { addresses: string[] }; mirror?: { state: "none" | "mirrored" | "degraded" | "unheld" | "superseded"; since: string | null; moved_to: string | null } };
}
