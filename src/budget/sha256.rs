//! SHA-256 (FIPS 180-4), for names that are stable over versions and hosts and
//! don't give away the API key that they are made of. It is all that is needed of
//! a cryptographic library, and of the text that is hashed there is a line.

/// The first 32 bits of the fractional parts of the square roots of the first 8 primes.
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The same of the cube roots of the first 64 primes.
const ROUNDS: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];

const BLOCK: usize = 64;

/// The hash as eight words, the first one the most significant.
pub(super) fn sha256(text: &[u8]) -> [u32; 8] {
    let mut padded = text.to_vec();
    padded.push(0x80);
    let with_length = (padded.len() + size_of::<u64>()).next_multiple_of(BLOCK);
    padded.resize(with_length - size_of::<u64>(), 0);
    let bits = u64::try_from(text.len()).unwrap_or_default() * 8;
    padded.extend(bits.to_be_bytes());
    padded.chunks_exact(BLOCK).fold(START, compress)
}

fn compress(hash: [u32; 8], block: &[u8]) -> [u32; 8] {
    let mut schedule = [0; 16];
    for (word, bytes) in schedule.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes
            .iter()
            .fold(0, |word, &byte| word << 8 | u32::from(byte));
    }
    let mut state = hash;
    for constant in ROUNDS {
        state = round(state, constant.wrapping_add(schedule[0]));
        let next = schedule[0]
            .wrapping_add(mix(schedule[1], 7, 18) ^ schedule[1] >> 3)
            .wrapping_add(schedule[9])
            .wrapping_add(mix(schedule[14], 17, 19) ^ schedule[14] >> 10);
        schedule.rotate_left(1);
        schedule[15] = next;
    }
    let mut sum = hash;
    for (word, added) in sum.iter_mut().zip(state) {
        *word = word.wrapping_add(added);
    }
    sum
}

#[allow(clippy::many_single_char_names, reason = "the standard's names")]
fn round([a, b, c, d, e, f, g, h]: [u32; 8], added: u32) -> [u32; 8] {
    let choice = (e & f) ^ (!e & g);
    let majority = (a & b) ^ (a & c) ^ (b & c);
    let one = h
        .wrapping_add(mix(e, 6, 11) ^ e.rotate_right(25))
        .wrapping_add(choice)
        .wrapping_add(added);
    let two = (mix(a, 2, 13) ^ a.rotate_right(22)).wrapping_add(majority);
    [one.wrapping_add(two), a, b, c, d.wrapping_add(one), e, f, g]
}

fn mix(word: u32, one: u32, two: u32) -> u32 {
    word.rotate_right(one) ^ word.rotate_right(two)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &[u8]) -> String {
        let words = sha256(text).map(|word| format!("{word:08x}"));
        words.concat()
    }

    /// The examples that NIST publishes for FIPS 180-4.
    #[test]
    fn the_published_examples_come_out() {
        for (text, hash) in [
            (
                "",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                "abc",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
            (
                &"a".repeat(1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            ),
        ] {
            assert_eq!(hex(text.as_bytes()), hash);
        }
    }

    #[test]
    fn every_length_of_the_last_block_is_padded_to_another_text() {
        let long = [b'a'; 130];
        let hashes: std::collections::BTreeSet<_> =
            (0..long.len()).map(|end| sha256(&long[..end])).collect();
        assert_eq!(hashes.len(), long.len());
    }
}
