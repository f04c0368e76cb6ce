-- One database per server. Synapse refuses any locale but C.
CREATE ROLE synapse LOGIN PASSWORD '026bfc4ff84898382298570e66b3b637b9c5d32348bd74a111b832161e28f14c';
CREATE DATABASE synapse OWNER synapse ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0;
