const dtNull = 0n;
const dtNeeded = 1n;
const dtStrtab = 5n;
const dtVerneed = 0x6ffffffen;
const ptLoad = 1;
const ptDynamic = 2;

interface Segment {
  type: number;
  offset: number;
  address: bigint;
  bytes: number;
}

interface Elf {
  segments: Segment[];
  entries: { tag: bigint; value: bigint; at: number }[];
  /** Where the dynamic string table begins in the file. */
  stringsAt: number;
}

/**
 * Names of the shared libraries that an ELF file asks for (DT_NEEDED): what ldd prints, but without running the
 * loader, so that it works for another architecture too. Empty for what is not a 64-bit little-endian ELF file.
 */
export function neededLibraries(file: Buffer): string[] {
  const elf = readElf(file);
  return elf === null ? [] : needed(elf).map((entry) => readString(file, elf.stringsAt + Number(entry.value)));
}

/**
 * Makes a library forget another one: its references, and their symbol versions, point to `instead`, which it must
 * ask for already. Only for functions that are bound lazily and never called; calling one would end the program.
 */
export function withoutLibrary(original: Buffer, library: string, instead: string): Buffer {
  const file = Buffer.from(original);
  const elf = readElf(file);
  const offsets = new Map(elf === null ? [] : needed(elf).map((entry) => [nameOf(file, elf, entry.value), entry]));
  const [from, to] = [offsets.get(library), offsets.get(instead)];
  if (elf === null || from === undefined || to === undefined)
    throw new Error(`not linked to ${library} and ${instead}`);
  file.writeBigUInt64LE(to.value, from.at + 8);
  const versions = readVersionNeeds(file, elf);
  const known = versions.find((need) => need.file === Number(to.value))?.auxiliaries[0];
  for (const need of versions.filter((each) => each.file === Number(from.value))) {
    if (known === undefined) throw new Error(`no symbol version of ${instead} to stand in`);
    file.writeUInt32LE(Number(to.value), need.at + 4);
    for (const at of need.auxiliaries) {
      file.copy(file, at, known, known + 4); // hash of the version's name
      file.copy(file, at + 8, known + 8, known + 12); // the name
    }
  }
  return file;
}

function readElf(file: Buffer): Elf | null {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) return null;
  const segments = readSegments(file);
  const dynamic = segments.find((segment) => segment.type === ptDynamic);
  if (dynamic === undefined) return null;
  const entries = readDynamic(file, dynamic);
  const strings = entries.find((entry) => entry.tag === dtStrtab);
  return strings === undefined ? null : { segments, entries, stringsAt: offsetOf(segments, strings.value) };
}

const needed = (elf: Elf) => elf.entries.filter((entry) => entry.tag === dtNeeded);

const nameOf = (file: Buffer, elf: Elf, offset: bigint) => readString(file, elf.stringsAt + Number(offset));

/** Elf64_Verneed and its Elf64_Vernaux chain: which versions are wanted of which file. */
function readVersionNeeds(file: Buffer, elf: Elf): { at: number; file: number; auxiliaries: number[] }[] {
  const table = elf.entries.find((entry) => entry.tag === dtVerneed);
  if (table === undefined) return [];
  const needs = [];
  for (let at = offsetOf(elf.segments, table.value), next = 1; next !== 0; at += next) {
    const auxiliaries = [];
    let auxiliary = at + file.readUInt32LE(at + 8);
    for (let left = file.readUInt16LE(at + 2); left > 0; left--) {
      auxiliaries.push(auxiliary);
      auxiliary += file.readUInt32LE(auxiliary + 12);
    }
    needs.push({ at, file: file.readUInt32LE(at + 4), auxiliaries });
    next = file.readUInt32LE(at + 12);
  }
  return needs;
}

function readSegments(file: Buffer): Segment[] {
  const tableAt = Number(file.readBigUInt64LE(32));
  const entryBytes = file.readUInt16LE(54);
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const at = tableAt + index * entryBytes;
    return {
      type: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 8)),
      address: file.readBigUInt64LE(at + 16),
      bytes: Number(file.readBigUInt64LE(at + 32)),
    };
  });
}

function readDynamic(file: Buffer, segment: Segment): Elf['entries'] {
  const entries = [];
  for (let at = segment.offset; at < segment.offset + segment.bytes; at += 16) {
    const tag = file.readBigUInt64LE(at);
    if (tag === dtNull) break;
    entries.push({ tag, value: file.readBigUInt64LE(at + 8), at });
  }
  return entries;
}

/** Where in the file a virtual address lies. */
function offsetOf(segments: Segment[], address: bigint): number {
  const home = segments.find(
    (segment) =>
      segment.type === ptLoad && address >= segment.address && address < segment.address + BigInt(segment.bytes),
  );
  if (home === undefined) throw new Error(`address ${address.toString(16)} is in no segment of the ELF file`);
  return home.offset + Number(address - home.address);
}

function readString(file: Buffer, at: number): string {
  return file.toString('latin1', at, file.indexOf(0, at));
}
