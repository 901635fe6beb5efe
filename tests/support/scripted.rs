//! A server that answers every request with the same bytes, whatever they are.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub struct Scripted {
    pub base_url: String,
    seen: Arc<AtomicUsize>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Scripted {
    pub async fn answering(bytes: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(AtomicUsize::new(0));
        let (counter, bytes) = (Arc::clone(&seen), Arc::new(bytes));
        let accepting = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, Arc::clone(&counter), Arc::clone(&bytes)));
            }
        });
        Self {
            base_url,
            seen,
            accepting,
        }
    }

    /// How many requests came.
    pub fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One request, one answer, and the end of the connection.
async fn serve(mut connection: TcpStream, seen: Arc<AtomicUsize>, bytes: Arc<Vec<u8>>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !is_whole(&request) {
        match connection.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
    seen.fetch_add(1, Ordering::SeqCst);
    let _ = connection.write_all(&bytes).await;
    let _ = connection.shutdown().await;
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("content-length: ")
            .map(str::to_owned)
    });
    length.is_none_or(|length| body.len() >= length.parse().unwrap())
}
