# Sourced by the MariaDB image when its data directory is new: `cheqiao migrate` makes the schemas, so the user may make those.
docker_process_sql --database=mysql <<'SQL'
GRANT ALL PRIVILEGES ON `cheqiao\_%`.* TO 'cheqiao'@'%';
SQL
