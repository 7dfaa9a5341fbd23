GRANT SELECT ON public.school TO letopis_sealer;
