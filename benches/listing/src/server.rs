//! An account to read: one block of contacts, sent again and again in a chunked answer.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use crate::contacts;

/// Ids repeat after so many contacts; no way looks at them.
const BLOCK: u64 = 10_000;

pub(crate) fn serve(count: u64, chunk: usize) {
    let block = inner(BLOCK.min(count));
    let rest = inner(count % BLOCK);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    println!("http://{}", listener.local_addr().expect("an address"));
    thread::scope(|scope| {
        for connection in listener.incoming().flatten() {
            // A reader that goes away ends its answer only.
            scope.spawn(|| drop(answer(connection, count, &block, &rest, chunk)));
        }
    });
}

/// Contacts without the brackets around them.
fn inner(count: u64) -> String {
    let body = contacts::body(count);
    body.trim_matches(['[', ']']).to_owned()
}

fn answer(
    mut connection: TcpStream,
    count: u64,
    block: &str,
    rest: &str,
    chunk: usize,
) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut asked = Vec::new();
    let mut piece = [0; 4096];
    while !asked.ends_with(b"\r\n\r\n") {
        let read = connection.read(&mut piece)?;
        if read == 0 {
            return Ok(());
        }
        asked.extend_from_slice(piece.get(..read).unwrap_or_default());
    }
    connection.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
    )?;
    let mut body = Chunked {
        to: connection,
        waiting: Vec::with_capacity(chunk * 2),
        chunk,
    };
    body.push("[")?;
    for number in 0..count / BLOCK {
        body.push(if number > 0 { "," } else { "" })?;
        body.push(block)?;
    }
    if !count.is_multiple_of(BLOCK) {
        body.push(if count > BLOCK { "," } else { "" })?;
        body.push(rest)?;
    }
    body.push("]")?;
    body.end()
}

/// Sends what it is given in chunks of one size.
struct Chunked {
    to: TcpStream,
    waiting: Vec<u8>,
    chunk: usize,
}

impl Chunked {
    fn push(&mut self, text: &str) -> std::io::Result<()> {
        for piece in text.as_bytes().chunks(self.chunk) {
            self.waiting.extend_from_slice(piece);
            while self.waiting.len() >= self.chunk {
                let rest = self.waiting.split_off(self.chunk);
                self.send()?;
                self.waiting = rest;
            }
        }
        Ok(())
    }

    fn send(&mut self) -> std::io::Result<()> {
        write!(self.to, "{:x}\r\n", self.waiting.len())?;
        self.waiting.extend_from_slice(b"\r\n");
        self.to.write_all(&self.waiting)
    }

    fn end(mut self) -> std::io::Result<()> {
        if !self.waiting.is_empty() {
            self.send()?;
        }
        self.to.write_all(b"0\r\n\r\n")
    }
}
