-- A school that moves to another server is closed here first: nothing of it changes any more,
-- whoever asks. `move`: the number of the move; `moved_to`: the address where it goes on;
-- `box`: the secret that opens its sealed files where that is not the installation's, itself sealed.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'public'
                   AND table_name = 'school' AND column_name = 'move') THEN
        ALTER TABLE public.school
            ADD COLUMN move uuid, ADD COLUMN moved_to text, ADD COLUMN box text,
            ADD CHECK (moved_to IS NULL OR move IS NOT NULL);
    END IF;
    IF to_regprocedure('public.letopis_closed()') IS NULL THEN
        CREATE FUNCTION public.letopis_closed() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
            RAISE EXCEPTION 'the school is moving: nothing is written here'
                USING ERRCODE = 'read_only_sql_transaction';
        END $f$;
        ALTER FUNCTION public.letopis_closed() OWNER TO letopis_owner;
        REVOKE ALL ON FUNCTION public.letopis_closed() FROM PUBLIC;
    END IF;
END $$;
