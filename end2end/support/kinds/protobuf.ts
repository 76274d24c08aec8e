/** A number of seven bits a byte, the lowest first. */
function varint(number: number): Buffer {
  const bytes = [];
  for (let rest = number; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

/** A field of a protobuf message with bytes, or with a message. */
export function bytesField(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

/** A field of a protobuf message with a text. */
export function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}
