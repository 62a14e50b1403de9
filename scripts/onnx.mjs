// Writes ONNX files: as much of its protobuf as a graph with its weights needs. onnx.proto of the ONNX project has the
// numbers of all fields.

const LENGTH = 2 // protobuf's wire type of texts, bytes and messages
const FIXED32 = 5

/** TensorProto.DataType */
export const types = { f32: 1, u8: 2, i32: 6, i64: 7 }

function varint(value) {
  const bytes = []
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    const low = Number(rest & 127n)
    if (rest < 128n) return Buffer.from([...bytes, low])
    bytes.push(low | 128)
  }
}

/** A message is a list of buffers, so that weights are not copied until the end. */
const size = (parts) => parts.reduce((sum, part) => sum + part.length, 0)
const number = (field, value) => [varint(field << 3), varint(value)]
const float = (field, value) => {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return [varint((field << 3) | FIXED32), bytes]
}
const message = (field, parts) => [varint((field << 3) | LENGTH), varint(size(parts)), ...parts]
const text = (field, value) => message(field, [Buffer.from(value)])
const bytes = (field, { buffer, byteOffset, byteLength }) =>
  message(field, [Buffer.from(buffer, byteOffset, byteLength)])

/** A whole number is ONNX's INT; what is to be a FLOAT is given as { float }. */
function attribute([name, value]) {
  return message(
    5,
    typeof value === 'object'
      ? [...text(1, name), ...float(2, value.float), ...number(20, 1)]
      : [...text(1, name), ...number(3, value), ...number(20, 2)],
  )
}

const node = ({ op, domain = '', inputs, outputs, attributes = {} }) =>
  message(1, [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(3, outputs[0]),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(attribute),
    ...text(7, domain),
  ])

const tensor = ({ name, type, shape, data }) =>
  message(5, [...shape.flatMap((n) => number(1, n)), ...number(2, types[type]), ...text(8, name), ...bytes(9, data)])

/** A dimension that is a text is free, and named so. */
const value = (field, { name, type, shape }) => {
  const dimension = (n) => message(1, typeof n === 'string' ? text(2, n) : number(1, n))
  const tensorType = [...number(1, types[type]), ...message(2, shape.flatMap(dimension))]
  return message(field, [...text(1, name), ...message(2, message(1, tensorType))])
}

/**
 * The bytes of an ONNX model.
 * @param nodes [{ op, domain, inputs, outputs, attributes }] in an order in which they can run
 * @param weights [{ name, type, shape, data }], data as ONNX keeps it raw: little-endian
 * @param inputs [{ name, type, shape }]; outputs alike
 */
export function onnxModel({ name, nodes, weights, inputs, outputs }) {
  const graph = [
    ...nodes.flatMap(node),
    ...text(2, name),
    ...weights.flatMap(tensor),
    ...inputs.flatMap((one) => value(11, one)),
    ...outputs.flatMap((one) => value(12, one)),
  ]
  const opset = (domain, version) => message(8, [...text(1, domain), ...number(2, version)])
  return Buffer.concat([
    ...number(1, 9), // ir_version
    ...message(7, graph),
    ...opset('', 21),
    ...opset('com.microsoft', 1),
  ])
}
