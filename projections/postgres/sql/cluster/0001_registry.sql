-- What all schools of one database share: a tiny registry, and nothing of any school's life.
CREATE TABLE IF NOT EXISTS public.school (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z][a-z0-9_]{0,39}$'),
    school_id uuid NOT NULL UNIQUE,
    name text NOT NULL,
    zone text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE public.school OWNER TO letopis_owner;
GRANT SELECT ON public.school TO letopis_writer, letopis_reader, letopis_app, letopis_projector;
