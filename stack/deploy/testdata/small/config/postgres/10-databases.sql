-- One database per server. Synapse refuses any locale but C.
CREATE ROLE synapse LOGIN PASSWORD 'c6c58f90bd6e9912b27089381d621d41859e487d4652ef542ce36703190385e4';
CREATE DATABASE synapse OWNER synapse ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0;
