-- One database per server. Synapse refuses any locale but C.
CREATE ROLE synapse LOGIN PASSWORD '4f796df27ef1b2f9144ddbaad83e095be7013f65ba66391070c4b431bb8d189b';
CREATE DATABASE synapse OWNER synapse ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0;
