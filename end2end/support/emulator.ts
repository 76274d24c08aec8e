import { expect } from '@playwright/test';

import { Program, binary } from './program.ts';

/** A message as a phone has it, decrypted with the phone's own keys. */
export interface PhoneMessage {
  id: string;
  /** The author's number. */
  from: string;
  from_me: boolean;
  kind: string;
  /** Text or caption; of a reaction the emoji, empty where it takes an earlier one back. */
  text: string | null;
  /** The message it answers or reacts to. */
  quoted: string | null;
  status: 'pending' | 'sent' | 'delivered' | 'read' | 'played';
  /** Its file, if it has one. */
  media?: PhoneMedia;
}

/** A file as a phone has it, opened with the message's own key. */
export interface PhoneMedia {
  mime: string;
  size: number;
  /** In hex. */
  sha256: string;
  file_name?: string;
  seconds?: number;
  /** Why the phone has no file. */
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
  /** A path that the message gives instead of the file's own, as a forged one may. */
  direct_path?: string;
}

/** One of what phones send beside texts and files. */
export interface Card {
  location?: { latitude: number; longitude: number; name?: string; address?: string };
  contact?: { name: string; number: string };
  poll?: { name: string; options: string[] };
}

export interface Device {
  id: number;
  jid: string;
  /** Connected. */
  online: boolean;
  /** What it has not confirmed yet. */
  queued: number;
  /** It said that its user is there, so others see the number online, and the phone does not ring. */
  available: boolean;
}

/** What goes wrong; `FaultRequest` of the emulator says more. */
export interface Fault {
  kind: string;
  device?: string;
  count?: number;
  code?: number;
  expire_secs?: number;
  delay_ms?: number;
  /** Where a redirect or a phone that puts a file elsewhere leads. */
  location?: string;
}

/** The simulated WhatsApp with its phones. */
export class Emulator {
  private constructor(private readonly program: Program) {}

  static async start(): Promise<Emulator> {
    return new Emulator(await Program.start(binary('EMULATOR_BIN'), ['--listen', '127.0.0.1:0']));
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  /** Where a client connects. */
  get webSocketUrl(): string {
    return `${this.program.url.replace('http://', 'ws://')}/ws/chat`;
  }

  /** A new phone, whose owner is called `name`. */
  async phone(name: string): Promise<Phone> {
    const { number } = await this.post<{ number: string }>('/phones', { name });
    return new Phone(this, number, name);
  }

  /** Something goes wrong on WhatsApp's side. */
  async fault(fault: Fault): Promise<void> {
    await this.post('/faults', fault);
  }

  /** Everything the clients asked was answered, and known. */
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

  async send(to: Phone, text: string): Promise<string> {
    return this.write(to, { text });
  }

  /** Sends a file, perhaps in answer to a message. */
  async sendMedia(to: Phone, media: NewMedia, replyTo?: string): Promise<string> {
    const { bytes, thumbnail, ...rest } = media;
    return this.write(to, {
      media: { ...rest, base64: bytes.toString('base64'), thumbnail: thumbnail?.toString('base64') },
      reply_to: replyTo,
    });
  }

  /** Sends a place, a contact or a poll. */
  async sendCard(to: Phone, card: Card): Promise<string> {
    return this.write(to, card);
  }

  /** Gives a text of its own another wording. Like the next two, returns the id of the change. */
  async edit(to: Phone, id: string, text: string): Promise<string> {
    return this.write(to, { edit: { id, text } });
  }

  /** Deletes a message of its own for everybody. */
  async revoke(to: Phone, id: string): Promise<string> {
    return this.write(to, { revoke: { id } });
  }

  /** Reacts to a message; an empty emoji takes that back. */
  async react(to: Phone, id: string, emoji: string): Promise<string> {
    return this.write(to, { reaction: { id, emoji } });
  }

  /** Opens the chat, which sends read receipts. */
  async read(from: Phone): Promise<void> {
    await this.emulator.post(`/phones/${this.number}/read`, { with: from.number });
  }

  /** "Desconectar aparelho". */
  async unlink(device: number): Promise<void> {
    await this.emulator.call('DELETE', `/phones/${this.number}/devices/${device}`);
  }

  async messages(other: Phone): Promise<PhoneMessage[]> {
    return this.emulator.get(`/phones/${this.number}/messages?with=${other.number}`);
  }

  async devices(): Promise<Device[]> {
    const phone = await this.emulator.get<{ devices: Device[] }>(`/phones/${this.number}`);
    return phone.devices;
  }

  /** Waits until the texts of a chat are exactly these, oldest first. */
  async expectTexts(other: Phone, texts: string[]): Promise<void> {
    const read = async () => (await this.messages(other)).map((message) => message.text);
    await expect.poll(read, { message: `messages of ${this.name} with ${other.name}` }).toEqual(texts);
  }

  /** Sends something to a chat. Returns its id. */
  private async write(to: Phone, content: object): Promise<string> {
    const body = { to: to.number, ...content };
    const { id } = await this.emulator.post<{ id: string }>(`/phones/${this.number}/messages`, body);
    return id;
  }
}
