"""OneRoster 1.2 (1EdTech), CSV binding: a school year as a bundle, and bundles of others.

The files are those of the published specification (CSV Binding 1.2.1): a zip without folders,
`manifest.csv` and one CSV file for each thing, UTF-8, ids called sourcedId.
"""
