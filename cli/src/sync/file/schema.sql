CREATE TABLE plan (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- What is made in the structure and beside it before any contact is touched.
CREATE TABLE prerequisite (
    id    INTEGER PRIMARY KEY,
    kind  TEXT NOT NULL CHECK (kind IN ('field', 'tag', 'list')),
    name  TEXT NOT NULL,
    -- The id that steps use for it until the service has given it one.
    stand_in  TEXT NOT NULL UNIQUE,
    data_type TEXT
);

-- In the order of rank and id.
CREATE TABLE step (
    id       INTEGER PRIMARY KEY,
    rank     INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('suppress', 'update', 'create', 'delete')),
    address  TEXT NOT NULL,
    contact  TEXT,
    version  INTEGER,
    -- The rows that ask for it, as JSON: [{"source": .., "line": ..}].
    places   TEXT NOT NULL,
    -- The contact to the letter, as JSON, as it was and as it would be.
    before   TEXT,
    after    TEXT,
    -- What is different, by label, as JSON.
    changes  TEXT NOT NULL,
    why      TEXT,
    requests INTEGER NOT NULL
);

CREATE TABLE rejected (
    id     INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    line   INTEGER NOT NULL,
    col    TEXT,
    reason TEXT NOT NULL
);

-- The sources, in the order in which they were given, each with the names of its columns as JSON.
CREATE TABLE source (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    columns TEXT NOT NULL
);

-- The rows that steps and rejects come from: their cells as JSON, so that what isn't carried out can be given back.
CREATE TABLE original (
    source TEXT NOT NULL,
    line   INTEGER NOT NULL,
    cells  TEXT NOT NULL,
    PRIMARY KEY (source, line)
) WITHOUT ROWID;

-- What follows is empty in a new plan: what was done of it.
CREATE TABLE run (
    id    INTEGER PRIMARY KEY,
    -- Seconds since 1970. A run that was killed has no end.
    began INTEGER NOT NULL,
    ended INTEGER
);

CREATE TABLE learned (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- A row a step of which something was sent, or was about to be.
CREATE TABLE outcome (
    step  INTEGER PRIMARY KEY,
    kind  TEXT NOT NULL,
    -- How far it has come, as JSON.
    stage TEXT NOT NULL,
    -- How it ended; null while that isn't known.
    ended TEXT,
    run   INTEGER NOT NULL
);

CREATE VIEW counts AS
    SELECT kind, count(*) AS steps, sum(requests) AS requests FROM step GROUP BY rank, kind ORDER BY rank;

CREATE VIEW difference AS
    SELECT step.id, step.kind, step.address,
           json_extract(change.value, '$.change') AS change,
           json_extract(change.value, '$.label')  AS label,
           json_extract(change.value, '$.from')   AS "from",
           json_extract(change.value, '$.to')     AS "to"
    FROM step, json_each(step.changes) AS change
    ORDER BY step.rank, step.id;

CREATE VIEW source_row AS
    SELECT step.id, step.kind, step.address,
           json_extract(place.value, '$.source') AS source,
           json_extract(place.value, '$.line')   AS line
    FROM step, json_each(step.places) AS place;
