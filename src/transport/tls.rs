//! Whether a connection failed because TLS was not agreed on: the server's certificate can't be trusted, or
//! it speaks no TLS that is good enough. Another attempt would end the same way, and nothing was sent.

use std::{error::Error, io};

/// Why TLS was not agreed on, if that is why this connection was not made. A handshake that is cut off is
/// not: that is the network's affair.
pub(super) fn refusal(error: &reqwest::Error) -> Option<&(dyn Error + 'static)> {
    if error.is_connect() {
        within(error)
    } else {
        None
    }
}

fn within<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // An I/O error hides what it holds from `source`.
    if let Some(io) = error.downcast_ref::<io::Error>() {
        return io.get_ref().and_then(|held| within(held));
    }
    #[cfg(feature = "rustls")]
    if error.is::<rustls::Error>() {
        return Some(error);
    }
    #[cfg(feature = "native-tls")]
    if error.is::<native_tls::Error>() {
        let cause = super::parts::cause(error);
        // OpenSSL has no error for a connection that ended but these words.
        let was_cut_off = cause.is::<io::Error>() || cause.to_string() == "unexpected EOF";
        return (!was_cut_off).then_some(error);
    }
    error.source().and_then(within)
}
