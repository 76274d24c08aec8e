import { expect } from '@playwright/test';

import { Program, binary } from './program.ts';

/** Pauses between two polls of the emulator in ms; the last one repeats. A poll costs little. */
const POLLS = [50, 50, 100, 200];

/** A message on a phone, decrypted with the phone's own keys. */
export interface PhoneMessage {
  id: string;
  /** The author's number. */
  from: string;
  from_me: boolean;
  kind: string;
  /** Text or caption; of a reaction the emoji, empty if it takes an earlier one back. */
  text: string | null;
  /** The message it answers or reacts to. */
  quoted: string | null;
  status: 'pending' | 'sent' | 'delivered' | 'read' | 'played';
  /** Its file, if it has one. */
  media?: PhoneMedia;
  /** Hash of its file in hex, of the decrypted bytes; absent if the phone has no file. */
  sha256?: string;
  /** Bytes of its file. */
  size?: number;
  mime?: string;
  /** The name of its file. */
  name?: string;
  caption?: string;
  /** The reason why the phone has no file. */
  error?: string;
  view_once?: boolean;
  /** Seconds until it disappears. */
  expiration?: number;
  expires_in?: number;
  /** The id of the album that it is part of. */
  album?: string;
  /** Of a message that announces an album: how many pictures and videos it has. */
  announces?: [number, number];
  /** The options of a poll, or those that a vote chose. */
  options?: string[];
  /** The preview of a link in its text. */
  link_preview?: LinkPreview;
  location?: { latitude: number; longitude: number; name?: string; address?: string };
  /** Contacts, with the numbers as they are written, and those that the phone offers to chat with. */
  contacts?: { name: string; numbers: string[]; whatsapp?: string[]; vcard: string }[];
  /** How far each member of a group is with an own message, by number. */
  receipts?: Record<string, string>;
  /** The last vote of each person in this poll. */
  votes?: { from: string; options: string[]; at: number }[];
}

/** A file on a phone, decrypted with the message's own key. */
export interface PhoneMedia {
  mime: string;
  size: number;
  /** In hex. */
  sha256: string;
  file_name?: string;
  seconds?: number;
  /** The audio is a voice message. */
  ptt?: boolean;
  /** 64 bytes in base64. */
  waveform?: string;
  /** Pixels. */
  width?: number;
  height?: number;
  /** Bytes of the small JPEG in the message itself. */
  thumbnail?: number;
  gif_playback?: boolean;
  /** The sticker moves. */
  animated?: boolean;
  /** Pages of a document. */
  page_count?: number;
  /** Bytes of the table by which a sound or a video is played while it is downloaded. */
  sidecar?: number;
  /** The reason why the phone has no file. */
  problem?: 'missing' | 'damaged';
}

/** A file to send from a phone. */
export interface NewMedia {
  kind: 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker';
  mime: string;
  bytes: Buffer;
  caption?: string;
  file_name?: string;
  seconds?: number;
  width?: number;
  height?: number;
  /** A small JPEG that the message itself carries. */
  thumbnail?: Buffer;
  /** 64 bytes in base64, of an audio or voice message. */
  waveform?: string;
  gif_playback?: boolean;
  /** The sticker moves. */
  animated?: boolean;
  /** Pages of a document. */
  page_count?: number;
  /** The id of the album that an image or a video is part of. */
  album?: string;
  /** A path that the message states instead of the file's own, as a forged message may. */
  direct_path?: string;
}

/** A message other than texts and files. */
export interface Card {
  location?: { latitude: number; longitude: number; name?: string; address?: string };
  contact?: { name: string; number: string };
  contacts?: { name: string; number: string }[];
  live_location?: { latitude: number; longitude: number; sequence?: number; ended?: boolean };
  poll?: { name: string; options: string[] };
  /** What businesses send, and their customers. */
  order?: { id: string; title: string; items: number; total_1000: number; currency: string; text?: string };
  template?: { title?: string; text: string; footer?: string; buttons?: { reply?: { id: string; text: string }; link?: { url: string; text: string } }[] };
  /** A text whose writer came from an advertisement. */
  text?: string;
  reply_to_status?: { id: string; text: string };
  external_ad_reply?: { title?: string; body?: string; source_url?: string };
}

/** What a phone says about a link in its text. */
export interface LinkPreview {
  url: string;
  title?: string;
  description?: string;
  /** A small JPEG. */
  thumbnail_base64?: string;
}

export interface Device {
  id: number;
  jid: string;
  /** Connected. */
  online: boolean;
  /** Number of stanzas the device has not confirmed yet. */
  queued: number;
  /**
   * The device reported its user as present, so others see the number online, and the phone does
   * not ring.
   */
  available: boolean;
}

/** A fault to inject; `FaultRequest` of the emulator documents the fields. */
export interface Fault {
  kind: string;
  device?: string;
  count?: number;
  code?: number;
  expire_secs?: number;
  delay_ms?: number;
  /** Seconds by which WhatsApp's clock is ahead for the next messages; negative if it is behind. */
  skew_secs?: number;
  /** Destination of a redirect, or of a phone that uploads a file elsewhere. */
  location?: string;
}

/** What a phone keeps of a chat. */
export interface KeptChat {
  with: string;
  unread: number;
  marked_unread: boolean;
  archived: boolean;
  pinned: boolean;
  /** Seconds since 1970, or -1 for ever; null if it is not muted. */
  muted_until: number | null;
  /** Ids of messages. */
  starred: string[];
}

/** What one side of a chat is doing. */
export type TypingState = 'composing' | 'recording' | 'paused';

/** What became of a call that a phone has placed. */
export type CallState = 'ringing' | 'given_up' | 'answered' | 'rejected' | 'rejected_by_device';

/** The simulated WhatsApp with its phones. */
export class Emulator {
  private constructor(private readonly program: Program) {}

  static async start(): Promise<Emulator> {
    return new Emulator(await Program.start(binary('EMULATOR_BIN'), ['--listen', '127.0.0.1:0']));
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  /** The address for clients. */
  get webSocketUrl(): string {
    return `${this.program.url.replace('http://', 'ws://')}/ws/chat`;
  }

  /** A new phone, whose owner is called `name`. */
  async phone(name: string): Promise<Phone> {
    const { number } = await this.post<{ number: string }>('/phones', { name });
    return new Phone(this, number, name);
  }

  /** A new group, which names its members by their numbers. */
  async group(owner: Phone, subject: string, members: Phone[], settings: GroupSettings = {}): Promise<Group> {
    const body = { owner: owner.number, subject, members: members.map(({ number }) => number), addressing: 'pn', ...settings };
    const { jid } = await this.post<{ jid: string }>('/groups', body);
    return new Group(this, jid, subject);
  }

  /** Injects a fault on WhatsApp's side. */
  async fault(fault: Fault): Promise<void> {
    await this.post('/faults', fault);
  }

  /** Checks that every IQ of the clients was known and answered. */
  async expectNothingUnanswered(): Promise<void> {
    const stats = await this.get<{ unanswered_iqs: number; unknown_iqs: string[] }>('/stats');
    expect(stats.unanswered_iqs, 'IQs without an answer').toBe(0);
    expect(stats.unknown_iqs, 'IQs of an unknown kind').toEqual([]);
  }

  get output(): string {
    return this.program.output;
  }

  async get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  /** Sends JSON, or a string as it is. */
  async post<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.program.url + path, {
      method,
      headers: typeof body === 'string' ? { 'content-type': 'text/plain' } : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

/** The other side of a chat: a phone, or a group. */
export interface Side {
  /** Its number, or the address of a group. */
  readonly number: string;
  readonly name: string;
}

/** What the administrators of a group decide. */
export interface GroupSettings {
  subject?: string;
  description?: string;
  /** Only administrators write. */
  announce?: boolean;
  /** Only administrators change its data. */
  locked?: boolean;
}

/** A group, which phones write to as to a person. */
export class Group implements Side {
  constructor(
    private readonly emulator: Emulator,
    readonly number: string,
    readonly name: string,
  ) {}

  /** An administrator adds people to it, removes them, makes them administrators, or takes that back. */
  async change(how: 'add' | 'remove' | 'promote' | 'demote', ...people: Phone[]): Promise<void> {
    await this.emulator.post(`/groups/${this.number}/members`, { [how]: people.map(({ number }) => number) });
  }

  async set(by: Phone, settings: GroupSettings): Promise<void> {
    await this.emulator.post(`/groups/${this.number}`, { by: by.number, ...settings });
  }

  /** The phone leaves it. */
  async leave(phone: Phone): Promise<void> {
    await this.emulator.call('DELETE', `/groups/${this.number}/members/${phone.number}`);
  }

  /** The numbers of its members. */
  async members(): Promise<string[]> {
    const { members } = await this.emulator.get<{ members: { number: string }[] }>(`/groups/${this.number}`);
    return members.map(({ number }) => number);
  }
}

/** One simulated phone. */
export class Phone {
  constructor(
    private readonly emulator: Emulator,
    readonly number: string,
    readonly name: string,
  ) {}

  /** Scans a QR: "Conectar um aparelho". Returns the id of the linked device. */
  async scan(qr: string): Promise<number> {
    const { device } = await this.emulator.post<{ device: number }>(`/phones/${this.number}/scan`, qr);
    return device;
  }

  /** Types a pairing code: "Conectar com número de telefone". */
  async enterCode(code: string): Promise<void> {
    await this.emulator.post(`/phones/${this.number}/pair-code`, { code });
  }

  async send(to: Side, text: string): Promise<string> {
    return this.write(to, { text });
  }

  /** Sends a text with the preview of a link in it. */
  async sendLinked(to: Side, text: string, link_preview: LinkPreview): Promise<string> {
    return this.write(to, { text, link_preview });
  }

  /** Answers a message. */
  async reply(to: Side, id: string, text: string): Promise<string> {
    return this.write(to, { text, reply_to: id });
  }

  /** Sends a file, optionally in answer to a message. */
  async sendMedia(to: Side, media: NewMedia, replyTo?: string): Promise<string> {
    const { bytes, thumbnail, ...rest } = media;
    return this.write(to, {
      media: { ...rest, base64: bytes.toString('base64'), thumbnail: thumbnail?.toString('base64') },
      reply_to: replyTo,
    });
  }

  /** Sends a place, a contact or a poll. */
  async sendCard(to: Side, card: Card): Promise<string> {
    return this.write(to, card);
  }

  /** Votes in a poll of the chat; no options take an earlier vote back. */
  async vote(to: Side, id: string, options: string[]): Promise<string> {
    return this.write(to, { vote: { id, options } });
  }

  /** Sends a `Message` in protobuf, with any content. */
  async sendContent(to: Side, content: Buffer): Promise<string> {
    return this.write(to, { content: content.toString('base64') });
  }

  /** Calls and gives up before anybody answers. Returns the id of the call. */
  async call(to: Side): Promise<string> {
    const { id } = await this.emulator.post<{ id: string }>(`/phones/${this.number}/call`, { with: to.number });
    return id;
  }

  /** Calls and goes on ringing. Returns the id of the call. */
  async ring(to: Side, video = false): Promise<string> {
    const { id } = await this.emulator.post<{ id: string }>(`/phones/${this.number}/call`, { with: to.number, video, ring: true });
    return id;
  }

  /** Ends a call of its own: it gives up, or the phone that it calls answers or rejects. */
  async endCall(id: string, how: 'given_up' | 'answered' | 'rejected'): Promise<void> {
    await this.emulator.post(`/phones/${this.number}/call/end`, { id, how });
  }

  /** Waits until a call of its own is in this state. */
  async expectCall(id: string, state: CallState): Promise<void> {
    const read = async () => {
      const { calls } = await this.emulator.get<{ calls: { id: string; state: CallState }[] }>(`/phones/${this.number}`);
      return calls.find((call) => call.id === id)?.state;
    };
    await expect.poll(read, { message: `the call of ${this.name}`, intervals: POLLS }).toBe(state);
  }

  /** Edits a text of its own. Like the next two, returns the id of the change. */
  async edit(to: Side, id: string, text: string): Promise<string> {
    return this.write(to, { edit: { id, text } });
  }

  /** Deletes a message of its own for everybody. */
  async revoke(to: Side, id: string): Promise<string> {
    return this.write(to, { revoke: { id } });
  }

  /** Reacts to a message; an empty emoji takes the reaction back. */
  async react(to: Side, id: string, emoji: string): Promise<string> {
    return this.write(to, { reaction: { id, emoji } });
  }

  /** Archives, pins, mutes, stars… on the phone, as `POST /phones/{n}/chat` takes it. */
  async changeChat(other: Phone, change: object): Promise<void> {
    await this.emulator.post(`/phones/${this.number}/chat`, { with: other.number, ...change });
  }

  /** Blocks a contact on the phone, or ends that. */
  async block(other: Phone, blocked = true): Promise<void> {
    await this.emulator.post(`/phones/${this.number}/block`, { with: other.number, blocked });
  }

  /** Waits until the phone keeps this of a chat. */
  async expectChat(other: Phone, kept: Partial<KeptChat>): Promise<void> {
    const read = async () => {
      const { chats } = await this.emulator.get<{ chats: KeptChat[] }>(`/phones/${this.number}`);
      return chats.find((one) => one.with === other.number);
    };
    await expect.poll(read, { message: `what ${this.name} keeps of ${other.name}`, intervals: POLLS }).toMatchObject(kept);
  }

  /** Waits until the phone has blocked so many contacts. */
  async expectBlocked(count: number): Promise<void> {
    const read = async () => (await this.emulator.get<{ blocked: string[] }>(`/phones/${this.number}`)).blocked;
    await expect.poll(read, { message: `who is blocked by ${this.name}`, intervals: POLLS }).toHaveLength(count);
  }

  /** Opens the chat, which sends read receipts. */
  async read(from: Side): Promise<void> {
    await this.emulator.post(`/phones/${this.number}/read`, { with: from.number });
  }

  /** Opens the chat and plays its voice notes, which sends receipts of that. */
  async play(from: Side): Promise<void> {
    await this.emulator.post(`/phones/${this.number}/read`, { with: from.number, type: 'played' });
  }

  /** "Desconectar aparelho". */
  async unlink(device: number): Promise<void> {
    await this.emulator.call('DELETE', `/phones/${this.number}/devices/${device}`);
  }

  async messages(other: Side): Promise<PhoneMessage[]> {
    return this.emulator.get(`/phones/${this.number}/messages?with=${other.number}`);
  }

  async devices(): Promise<Device[]> {
    const phone = await this.emulator.get<{ devices: Device[] }>(`/phones/${this.number}`);
    return phone.devices;
  }

  /** Types, records, or stops, in a chat. */
  async type(to: Side, state: TypingState): Promise<void> {
    await this.emulator.post(`/phones/${this.number}/typing`, { to: to.number, state });
  }

  /** Waits until the phone shows that the other side of a chat does this. */
  async expectTyping(other: Side, state: TypingState): Promise<void> {
    const read = async () => {
      const { chats } = await this.emulator.get<{ chats: { with: string; typing: TypingState | null }[] }>(`/phones/${this.number}`);
      // With a message, and after a while, what was told before is over.
      return chats.find((one) => one.with === other.number)?.typing ?? 'paused';
    };
    const message = `what ${other.name} does in the chat with ${this.name}`;
    await expect.poll(read, { message, intervals: POLLS, timeout: 15_000 }).toBe(state);
  }

  /** Waits until the texts of a chat are exactly these, oldest first. */
  async expectTexts(other: Side, texts: string[]): Promise<void> {
    const read = async () => (await this.messages(other)).map((message) => message.text);
    await expect.poll(read, { message: `messages of ${this.name} with ${other.name}`, intervals: POLLS }).toEqual(texts);
  }

  /** Waits until the messages of a chat fulfil a condition, and returns them. */
  async until(other: Side, condition: (messages: PhoneMessage[]) => boolean): Promise<PhoneMessage[]> {
    let messages: PhoneMessage[] = [];
    const message = `messages of ${this.name} with ${other.name}`;
    await expect.poll(async () => condition((messages = await this.messages(other))), { message, intervals: POLLS }).toBe(true);
    return messages;
  }

  /** Sends any body of `POST /phones/{n}/messages` to a chat. Returns the message's id. */
  async write(to: Side, content: object): Promise<string> {
    const body = { to: to.number, ...content };
    const { id } = await this.emulator.post<{ id: string }>(`/phones/${this.number}/messages`, body);
    return id;
  }
}
