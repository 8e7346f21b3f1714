-- Intake of notices: mails as they came, where a mailbox was read to, and letters that say that a notice arrived.

-- ---------------------------------------------------------------- trust/notice_intake
create table notice_mails (
    id              bigint      primary key,
    raw_sha256      bytea       not null unique,            -- the same bytes are the same mail, however often they come
    content_sha256  bytea       not null,                   -- of Message-ID, sender and body: the same for copies by other ways
    message_id      text        not null,
    via             text        not null check (via in ('lmtp', 'imap')),
    envelope_sender text,                                   -- '' for the empty one; null: not known
    recipients      text[]      not null,
    size_bytes      bigint      not null,                   -- of the mail; more than of `raw` where it was cut
    cut             boolean     not null default false,
    raw             bytea,                                  -- sealed; null once the notice has it
    sender_check    jsonb       not null,
    received_at     timestamptz not null,
    state           text        not null default 'waiting'
                    check (state in ('waiting', 'notice', 'message', 'report', 'copy', 'loop', 'kept')),
    automatic       text        not null default '',
    notice_id       bigint,
    message_row_id  bigint,                                 -- the message of the notice that it became
    from_address    text        not null default '',
    settled_at      timestamptz
);
create index notice_mails_content on notice_mails (content_sha256, id);
create index notice_mails_message_id on notice_mails (message_id) where message_id <> '';
create index notice_mails_notice on notice_mails (notice_id) where notice_id is not null;
create index notice_mails_received on notice_mails (received_at);
create index notice_mails_open on notice_mails (received_at) where state = 'waiting';
create index notice_mails_kept on notice_mails (received_at) where raw is not null and state <> 'waiting';
create table notice_mailboxes (                             -- mailboxes that are fetched from (RFC 9051: UIDs count within a validity)
    name          text        primary key,
    uid_validity  bigint      not null,
    last_uid      bigint      not null,
    fetched_at    timestamptz not null
);
create table notice_letters (                               -- receipts by mail: at most one for each notice
    notice_id   bigint      primary key,
    message_id  bigint,                                     -- the message of the notice; null: none was made
    recipient   text        not null,
    language    text        not null,
    token       bytea,                                      -- of the status page, sealed; null once it was sent
    status      text        not null check (status in ('waiting', 'sent', 'refused', 'failed', 'withheld')),
    answer      text        not null default '',
    attempts    integer     not null default 0,
    made_at     timestamptz not null,
    settled_at  timestamptz
);
create index notice_letters_recipient on notice_letters (recipient, made_at);
