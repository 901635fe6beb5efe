//! A fingerprint of bytes: no two differing things of one account meet by chance. It hides nothing from somebody who
//! can try.

/// FNV-1a, 128 bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fingerprint(u128);

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| {
            (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        });
    }

    pub(crate) fn hex(self) -> String {
        format!("{:032x}", self.0)
    }
}
