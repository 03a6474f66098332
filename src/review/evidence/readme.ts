/** What stands in a closed review's folder for whoever has nothing else. */
export const README = `What is in this folder: the evidence of an access review. It can be read without any program.

review.json        how the review was run, of which snapshot, what could not be read, the counts
population.jsonl   every access that was to be decided on, a JSON object a line, frozen at the start
journal.jsonl      everything that happened, a JSON object a line: start, sheets, delegations, decisions,
                   revocations (before and after), the close
decisions.jsonl    the decision on each item: APPROVE, REVOKE or UNREVIEWED, by whom, when and why
remediation.jsonl  of each item that was to go: SUCCESS (gone, seen afterwards), MANUAL (something else has to
                   change), ERROR, OPEN
proofs/            what the other side showed after each revocation
completeness.json  what is missing, undecided, decided too fast, not proved
summary.json       the numbers, for programs
summary.html       the same to be printed

How to check it. In the files that end in .jsonl each line carries its number (n) and the SHA-256 of the line
before, without its line feed (prev; 64 zeros in the first):

    sed -n 41p journal.jsonl | tr -d '\\n' | sha256sum     is "prev" in line 42

The first record of journal.jsonl holds the SHA-256 of review.json and population.jsonl, the last one ("closed") that
of every other file; records of revocations hold that of their proof. All are of the lines and files as they stand:
no JSON has to be written anew. closed.jws and started.jws, where a key was given, sign the number and the SHA-256 of
the last and of the first record (compact JSON Web Signature, RFC 7515, EdDSA with Ed25519: any JOSE library checks
it). The header carries the public key and its thumbprint ("kid", RFC 7638): compare that with one that you were given.
baton-okta review verify --dir THIS_FOLDER [--key PUBLIC_KEY] checks all of it, and says what was changed and where.

An item's id is "i" and the first 20 digits of the SHA-256 of ["access",TYPE,ID,ENTITLEMENT] as JSON without blanks.
`;
