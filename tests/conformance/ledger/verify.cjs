// Verifies a .tlog-proof that holds its leaf with @sigstore/verify: the checkpoint's signature, then the inclusion.
//
//   node verify.cjs PROOF VKEY
const { createPublicKey } = require('crypto');
const { readFileSync } = require('fs');
const { verifyCheckpoint } = require('@sigstore/verify/dist/tlog/checkpoint.js');
const { verifyMerkleInclusion } = require('@sigstore/verify/dist/tlog/merkle.js');

const [file, vkey] = process.argv.slice(2);
const [name, keyId, encoded] = vkey.split(/\+(.{8})\+/);
const raw = Buffer.from(encoded, 'base64').subarray(1);
const publicKey = createPublicKey({
  key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]),
  format: 'der',
  type: 'spki',
});

const proof = readFileSync(file);
const end = proof.indexOf('\n\n');
const [header, extra, index, ...hashes] = proof.subarray(0, end).toString().split('\n');
if (header !== 'c2sp.org/tlog-proof@v1') throw new Error('no proof file');
const entry = {
  canonicalizedBody: Buffer.from(extra.replace(/^extra /, ''), 'base64'),
  inclusionProof: {
    logIndex: index.replace(/^index /, ''),
    hashes: hashes.map((hash) => Buffer.from(hash, 'base64')),
    checkpoint: { envelope: proof.subarray(end + 2).toString() },
  },
};
const logs = [{ logID: Buffer.from(keyId, 'hex'), baseURL: `https://${name}`, publicKey }];
const checkpoint = verifyCheckpoint(entry, logs);
verifyMerkleInclusion(entry, checkpoint);
console.log(`${checkpoint.origin} ${checkpoint.logSize} ${entry.inclusionProof.logIndex}`);
