# What CI runs, step by step: `just check` before a commit, `.ci/run` for all of it.

# Format, lint, document, test: the quick round.
check: fmt clippy doc test

fmt:
    cargo fmt --all --check

clippy:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features

test:
    cargo test --workspace

examples:
    for example in examples/*.rs; do cargo run --features blocking --example "$(basename "$example" .rs)"; done

# Each fuzz target for so many seconds, from the inputs that are kept.
fuzz seconds="60":
    .ci/fuzz {{seconds}}

# What openapi.yaml allows and forbids, asked of a running sandbox.
contract:
    sandbox/contract/run

# openapi.yaml given to linters and generators, and their clients to the sandbox; `just conformance --write`.
conformance *args:
    conformance/run {{args}}

# The same, then every mistake of conformance/mutations on every check, and what takes minutes in the docs: before a
# release.
conformance-all: conformance
    bash -c '. conformance/environment && conformance/mutations/run --all && conformance/docs/run --all'

# The completions of bme in bash, zsh and fish, and its man pages.
shells:
    cli/shells/run

# The sandbox's pages in headless Chromium.
browser:
    sandbox/browser/run

# What a call costs against bare reqwest with serde, counted by valgrind.
overhead:
    benches/overhead/instructions

# What decoding a contact costs, counted by valgrind.
decode:
    benches/decode/instructions

# What planning rows against as many contacts costs, beside reading them alone and beside Python.
sync-bench:
    benches/sync/run

# What reading every contact costs, against other ways and languages.
listing:
    benches/listing/run

# A sandbox to play with, until Ctrl-C.
sandbox:
    cargo run -p benchmark-email-cli -- sandbox

# Everything, as CI does it.
ci:
    bash .ci/run

# What judges, changed one decision at a time: does a test notice? An hour or two for all rooms; `just mutants retry` for one.
mutants *rooms:
    .ci/mutants {{rooms}}
