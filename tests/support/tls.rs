//! TLS on this machine: an authority of the test's own, a server in front of another, and a proxy.
#![allow(unreachable_pub, reason = "as in the modules beside it")]

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

/// Signs certificates that nobody trusts who wasn't told to.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "A test's own authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn certificate(&self) -> reqwest::Certificate {
        reqwest::Certificate::from_der(self.0.der()).unwrap()
    }

    /// What a server needs that calls itself so, until the end of this year.
    pub fn server(&self, host: &str, until: i32) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2010, 1, 1);
        params.not_after = date_time_ymd(until, 12, 31);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key);
        Arc::new(config.unwrap())
    }
}

/// How connections end before their time.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// When one of the two sides ends it.
    ByItself,
    /// At once, without a word.
    Now,
    /// When the next request comes, in place of an answer.
    AtTheNextRequest,
}

/// A server that speaks TLS to whoever comes, and hands on what is said to another one.
pub struct Front {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    said: Arc<Mutex<Vec<u8>>>,
    ends: watch::Sender<End>,
}

impl Front {
    pub async fn start(config: Arc<ServerConfig>, behind: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let said = Arc::new(Mutex::new(Vec::new()));
        let (ends, _) = watch::channel(End::ByItself);
        let acceptor = TlsAcceptor::from(config);
        let (counter, record, signal) = (Arc::clone(&connections), Arc::clone(&said), ends.clone());
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let (acceptor, record) = (acceptor.clone(), Arc::clone(&record));
                let ends = signal.subscribe();
                tokio::spawn(async move {
                    let here = acceptor.accept(connection).await?;
                    let there = TcpStream::connect(behind).await?;
                    hand_on(here, there, record, ends).await
                });
            }
        });
        Self {
            address,
            connections,
            said,
            ends,
        }
    }

    /// How many connections were made to it.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// All that clients said once TLS was agreed on.
    pub fn said(&self) -> Vec<u8> {
        self.said.lock().unwrap().clone()
    }

    /// Ends every connection that there is now.
    pub fn cut(&self) {
        self.ends.send_replace(End::Now);
    }

    /// Ends every connection that there is now when it is used again.
    pub fn cut_when_used(&self) {
        self.ends.send_replace(End::AtTheNextRequest);
    }
}

async fn hand_on(
    here: impl AsyncRead + AsyncWrite,
    there: TcpStream,
    record: Arc<Mutex<Vec<u8>>>,
    mut ends: watch::Receiver<End>,
) -> io::Result<()> {
    // What was said before it began is not about this connection.
    let _ = *ends.borrow_and_update();
    let mut end = End::ByItself;
    let (mut from_client, mut to_client) = tokio::io::split(here);
    let (mut from_server, mut to_server) = there.into_split();
    let (mut request, mut answer) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    loop {
        tokio::select! {
            _ = ends.changed() => end = *ends.borrow_and_update(),
            count = from_client.read(&mut request) => match count? {
                0 => return Ok(()),
                count => {
                    record.lock().unwrap().extend_from_slice(&request[..count]);
                    if end == End::AtTheNextRequest {
                        return Ok(());
                    }
                    to_server.write_all(&request[..count]).await?;
                }
            },
            count = from_server.read(&mut answer) => match count? {
                0 => return to_client.shutdown().await,
                count => {
                    to_client.write_all(&answer[..count]).await?;
                    to_client.flush().await?;
                }
            },
        }
        if end == End::Now {
            return Ok(());
        }
    }
}

/// A proxy that opens a way to one server, whichever it is asked for.
pub struct Proxy {
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub async fn start(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heads = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(open(connection, to, Arc::clone(&heads)));
            }
        });
        Self { url, asked }
    }

    /// The head of each request to the proxy itself: all that it can read.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn open(
    mut here: TcpStream,
    to: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(here.read_u8().await?);
    }
    heads
        .lock()
        .unwrap()
        .push(String::from_utf8_lossy(&head).into_owned());
    let mut there = TcpStream::connect(to).await?;
    here.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .await?;
    copy_bidirectional(&mut here, &mut there).await.map(drop)
}

/// A server that says the same to everybody who says something, and counts who comes.
pub async fn saying(bytes: &'static [u8]) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let _ = connection.read(&mut [0; 4096]).await?;
                connection.write_all(bytes).await?;
                connection.shutdown().await?;
                // Until the other side has read it.
                while connection.read(&mut [0; 4096]).await? > 0 {}
                io::Result::Ok(())
            });
        }
    });
    (address, count)
}
