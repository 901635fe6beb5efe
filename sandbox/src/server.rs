//! The listener, its connections, and the way of a request to the operation it names.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::RawPathParams;
use axum::extract::rejection::RawPathParamsRejection;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::header::DATE;
use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tower_service::Service as _;

use crate::control;
use crate::operations::{OPERATIONS, Operation};
use crate::page;
use crate::pipeline::{self, Peer, Target};
use crate::wire::{Cut, Ending, Undated, Wire};
use crate::world::World;

/// How long a connection may stay open without sending the head of a request.
const IDLE: Duration = Duration::from_secs(120);

/// Accepts connections until `stop` is sent or dropped, then drops all of them.
pub(crate) async fn run(listener: TcpListener, world: Arc<World>, mut stop: oneshot::Receiver<()>) {
    let router = router(&world);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = &mut stop => return,
            accepted = listener.accept() => accepted,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, router.clone(), Arc::clone(&world)));
            }
            // Out of file descriptors, most likely: those in use will be given back.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn serve(stream: TcpStream, router: Router, world: Arc<World>) {
    let Ok(address) = stream.peer_addr() else {
        return;
    };
    // Without it small answers may wait for an acknowledgement; if it can't be had they just do.
    let _ = stream.set_nodelay(true);
    let ending = Ending::default();
    let peer = Peer {
        address: address.ip(),
        ending: ending.clone(),
    };
    let service = service_fn(|request: Request<Incoming>| {
        let mut router = router.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer.clone());
        let (ending, clock) = (ending.clone(), world.clock.clone());
        async move {
            let Ok(mut response) = router.call(request).await;
            match response.extensions().get::<Cut>() {
                None => {
                    if response.extensions().get::<Undated>().is_none()
                        && let Ok(date) = HeaderValue::try_from(clock.moment().http_date())
                    {
                        response.headers_mut().entry(DATE).or_insert(date);
                    }
                    Ok(response)
                }
                Some(cut) => {
                    if matches!(cut, Cut::Reset) {
                        ending.reset();
                    }
                    Err(io::Error::from(io::ErrorKind::ConnectionAborted))
                }
            }
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(Wire::new(stream, ending.clone())), service);
    // A connection that ends badly is the client's affair, or a fault's doing.
    let _ = connection.await;
}

fn router(world: &Arc<World>) -> Router {
    let mut router = control::router(world).merge(page::router());
    for operation in &OPERATIONS {
        router = router.route(operation.path, route(operation, world));
    }
    let nowhere = Arc::clone(world);
    let wrong_method = Arc::clone(world);
    router
        .fallback(move |request| pipeline::answer(Arc::clone(&nowhere), Target::Nothing, request))
        .method_not_allowed_fallback(move |request| {
            pipeline::answer(Arc::clone(&wrong_method), Target::WrongMethod, request)
        })
}

fn route(operation: &'static Operation, world: &Arc<World>) -> MethodRouter {
    let world = Arc::clone(world);
    let handler = move |path: Result<RawPathParams, RawPathParamsRejection>,
                        request: Request<Body>| {
        let world = Arc::clone(&world);
        async move {
            // A parameter that isn't UTF-8 is no id, like any other nonsense in its place.
            let path = path.map_or_else(
                |_| Vec::new(),
                |path| {
                    path.iter()
                        .map(|(name, value)| (name.to_owned(), value.to_owned()))
                        .collect()
                },
            );
            pipeline::answer(world, Target::Operation { operation, path }, request).await
        }
    };
    match MethodFilter::try_from(operation.method.clone()) {
        Ok(filter) => on(filter, handler),
        Err(_) => MethodRouter::new(),
    }
}
