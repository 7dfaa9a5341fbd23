-- What the forecast has learned of the school's terms, a row a month, and how good it was: figures
-- of all classes together, about nobody. Written by a job; no fact, for it can be counted anew.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE forecast_fit (
    month date PRIMARY KEY, -- its first day, of the school
    at timestamptz NOT NULL,
    terms text[] NOT NULL, -- what it was fitted on, the earliest first: «2025/26, 1»
    cells integer NOT NULL, -- pupils × subjects × terms
    parameters bytea NOT NULL, -- JSON of domain.forecast.parameters.Parameters
    -- JSON of projections.forecast.keeping.Calibration: the last term over, judged by what was
    -- learned of the terms before it; '' while there is no such term
    calibration bytea NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON forecast_fit TO letopis_app;
GRANT SELECT ON forecast_fit TO letopis_asker;
