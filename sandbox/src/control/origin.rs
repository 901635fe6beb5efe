//! Who may ask the sandbox itself: programs, and pages that the sandbox served. Not foreign web pages.
//!
//! A browser names the page that asks in `Origin`, which a page can't change. A page of a foreign name that
//! resolves to this machine (DNS rebinding) is its own origin, but shows in `Host`: so a name other than
//! `localhost` is refused there. An address is no name, and can't be made to mean another machine. What a
//! page loads as a picture or a script comes without `Origin`; the browser marks it by `Sec-Fetch-Site`.

use std::net::IpAddr;

use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderName};

use super::Mistake;

/// Whose page asks, in the browser's words; `none` is a person who typed the address.
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Lets a request through, or refuses it.
pub(super) async fn guard(request: Request, next: Next) -> Result<Response, Mistake> {
    let headers = request.headers();
    let host = text(headers, &HOST).unwrap_or_default();
    if !is_here(host) {
        return Err(Mistake::forbidden(
            "Host must be localhost or an IP address: a name may be a foreign page's",
        ));
    }
    // What can't be read is no origin of the sandbox's either.
    let foreign =
        headers.contains_key(ORIGIN) && text(headers, &ORIGIN) != Some(&format!("http://{host}"));
    if foreign {
        return Err(Mistake::forbidden(
            "Origin must be the sandbox's own: a foreign page may not ask this",
        ));
    }
    let site = headers.get(SEC_FETCH_SITE);
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(Mistake::forbidden(
            "Sec-Fetch-Site must be same-origin or none: a foreign page may not ask this",
        ));
    }
    if !request.body().is_end_stream() && !declares_json(headers) {
        return Err(Mistake::bad(&"Content-Type must be application/json"));
    }
    Ok(next.run(request).await)
}

fn is_here(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok()
}

fn declares_json(headers: &HeaderMap) -> bool {
    let declared = text(headers, &CONTENT_TYPE).unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_localhost_and_addresses_are_here() {
        for host in [
            "localhost",
            "LocalHost:80",
            "127.0.0.1:4000",
            "[::1]:4000",
            "192.168.1.5",
        ] {
            assert!(is_here(host), "{host}");
        }
        for host in [
            "",
            "evil.example:4000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1 evil",
        ] {
            assert!(!is_here(host), "{host}");
        }
    }
}
